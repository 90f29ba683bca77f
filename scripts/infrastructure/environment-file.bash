# shellcheck shell=bash disable=SC2154   # clone, option: the script's own
# How an environment gets its file, NAME.env. To be sourced after script.bash and cloud.bash.

# write_environment NAME KEY=VALUE...: a new file is the example with these values. In an existing one each difference is
# named, and only with yes=yes it is written; an empty VALUE leaves what is there.
write_environment() {
    local file=${option[environments]}/$1.env example line key text differences
    local -A values=()
    example=$(example_of "$1")
    shift
    for line in "$@"; do values[${line%%=*}]=${line#*=}; done
    if [[ -e $file ]]; then
        for key in "${!values[@]}"; do [[ -n ${values[$key]} ]] || unset "values[$key]"; done
        example=$(<"$file") || fail 74 "$file: cannot be read"
    fi
    text=$(fill_in <<<"$example")
    if [[ -e $file ]]; then
        differences=$(diff <(grep '^[A-Z_]*=' "$file") <(grep '^[A-Z_]*=' <<<"$text") | grep '^[<>]') || true
        [[ -n $differences ]] || { say "$file: unchanged"; return; }
        say "$file: has other values (<) than asked for (>):"
        printf '%s\n' "$differences" >&2
        [[ $yes == yes ]] || { say "$file: kept as it is; --yes writes it"; return; }
    fi
    if [[ $dry_run == yes ]]; then
        printf "mkdir -p %s && install -m 600 /dev/stdin %s <<'END'\n%s\nEND\n" \
            "$(quote "${file%/*}")" "$(quote "$file")" "$text"
        say "$file: to be written"
        return
    fi
    put "$file" "$text"
    say "$file: written"
    grep -qE '^BACKFILL_SUBSCRIPTION_ID(_FILE)?=.' "$file" ||
        say "$file: BACKFILL_SUBSCRIPTION_ID is empty; scripts/operations/webhook-management.sh view prints it"
}

# example_of NAME: the keys and what they mean; an environment without an example of its own is like dev.
example_of() {
    local example=$clone/environments/$1.env.example
    [[ -e $example ]] || example=$clone/environments/dev.env.example
    sed "1s/.*/# The environment $1./; 2s/Copy to .* and fill in\. //" "$example"
}

# fill_in: copies the lines of stdin, with the values of their keys; a key that is nowhere comes last.
fill_in() {
    local line key
    local -A left=()
    for key in "${!values[@]}"; do left[$key]=yes; done
    while IFS= read -r line; do
        key=${line%%=*}
        if [[ $line == *=* && -v "values[$key]" ]]; then
            line=$key=${values[$key]}
            unset "left[$key]"
        fi
        printf '%s\n' "$line"
    done
    for key in "${!left[@]}"; do [[ -z ${values[$key]} ]] || printf '%s=%s\n' "$key" "${values[$key]}"; done
}

# put FILE TEXT: the old file or all of the new one, never half; for nobody else to read.
put() {
    local new
    { mkdir -p "$(dirname "$1")" && new=$(mktemp "$1.XXXXXX"); } 2>/dev/null ||
        fail 74 "$1: cannot be written; give --environments DIR"
    scratch+=("$new")
    { printf '%s\n' "$2" >"$new" && mv -f -- "$new" "$1"; } || fail 74 "$1: cannot be written"
}
