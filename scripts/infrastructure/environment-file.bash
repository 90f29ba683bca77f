# shellcheck shell=bash disable=SC2154   # clone, option: the script's own
# How an environment gets its file, NAME.env. To be sourced after script.bash and cloud.bash.

# write_environment NAME KEY=VALUE...: a new file is the example with these values. In an existing one each difference is
# named, and only with yes=yes it is written; an empty VALUE leaves what is there. That of BIGQUERY_EMULATOR_HOST does not:
# an emulator of before would go on to stand for the real tables.
write_environment() {
    local file=${option[environments]}/$1.env example line key text differences quiet=$quiet how
    local -A values=()
    example=$(example_of "$1")
    shift
    for line in "$@"; do values[${line%%=*}]=${line#*=}; done
    if [[ -e $file ]]; then
        for key in "${!values[@]}"; do
            [[ -n ${values[$key]} || $key == BIGQUERY_EMULATOR_HOST ]] || unset "values[$key]"
        done
        example=$(<"$file") || fail 74 "$file: cannot be read"
    fi
    text=$(fill_in <<<"$example")
    if [[ -e $file ]]; then
        differences=$(diff <(grep '^[A-Z_]*=' "$file") <(grep '^[A-Z_]*=' <<<"$text") | grep '^[<>]') || true
        [[ -n $differences ]] || { say "$file: unchanged"; return; }
        # That it is not what was asked for is said with --quiet too; --yes has seen it.
        [[ $yes == yes ]] || quiet=no
        say "$file: has other values (<) than asked for (>):"
        [[ $quiet == yes ]] || printf '%s\n' "$differences" >&2
        [[ $yes == yes ]] || { say "$file: kept as it is; --yes writes it"; return; }
    fi
    if [[ $dry_run == yes ]]; then
        how="mkdir -p $(quote "${file%/*}") && install -m 600 /dev/stdin"
        # A link stays one, and the file keeps who may read it.
        [[ ! -e $file ]] || how="cat >"
        printf "%s %s <<'END'\n%s\nEND\n" "$how" "$(quote "$file")" "$text"
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

# put FILE TEXT: the old file or all of the new one, never half; a new one is for nobody else to read.
put() {
    { mkdir -p -- "$(dirname -- "$1")" && rewrite "$1" same <<<"$2"; } 2>/dev/null ||
        fail 74 "$1: cannot be written; give --environments DIR"
}
