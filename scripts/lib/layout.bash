# shellcheck shell=bash disable=SC2154   # the variables are the caller's, who can fail
# What an installation consists of: the one list, for scripts/install and, through it, for every package.

filters=(bq-missing bq-fetch to-webhook replay export-fixture)
commands=(backfill-activities plot-backfill)
# What the commands need of scripts/lib; a test compares it with what they name.
libraries=(filters.bash options.bash phases.bash plan.bash plan.jq plot-backfill.awk plot-backfill.gp plot.bash print.bash
    script.bash state.bash verify.bash)

# layout: a line for each thing that is installed: what it is, where it is taken from, where below the prefix it goes,
# between tabs. It is a mode, `link`, or `unit`, in which the folder of the commands is filled in.
layout() {
    local own=lib/activity-backfill data=share/activity-backfill doc=share/doc/activity-backfill name file
    # Debian's zsh looks below /usr where packages put them, and nowhere else there.
    local zsh=share/zsh/site-functions
    [[ $prefix != /usr ]] || zsh=share/zsh/vendor-completions
    for name in "${filters[@]}"; do thing 755 "$bin/$name" "bin/$name"; done
    for name in "${commands[@]}"; do
        thing 755 "$clone/scripts/data/$name" "$own/scripts/data/$name"
        thing link "../$own/scripts/data/$name" "bin/$name"
    done
    for name in "${libraries[@]}"; do thing 644 "$clone/scripts/lib/$name" "$own/scripts/lib/$name"; done
    # To the scripts their folder looks like a clone.
    thing link ../../bin "$own/bin"
    thing link "../../$data/environments" "$own/environments"
    files 644 "$data/environments" "$clone"/environments/*.env.example
    files 644 "$data/schemas" "$clone"/schemas/*
    files 644 "$data/schemas/streams" "$clone"/schemas/streams/*
    for file in "$clone"/man/*.[1-8]; do files 644 "share/man/man${file##*.}" "$file"; done
    files 644 share/bash-completion/completions "$clone"/completions/bash/*
    files 644 "$zsh" "$clone"/completions/zsh/*
    files 644 share/fish/vendor_completions.d "$clone"/completions/fish/*
    files unit lib/systemd/system "$clone"/contrib/*.service "$clone"/contrib/*.timer
    files 644 "$doc" "$clone"/{README,CHANGELOG}.md "$clone/LICENSE"
    files 644 "$doc/examples" "$clone"/contrib/{README.md,*.example}
}
thing() { printf '%s\t%s\t%s\n' "$@"; }

# files KIND FOLDER FILE...: those of the files that there are.
files() {
    local kind=$1 folder=$2 file
    shift 2
    for file; do [[ ! -f $file ]] || thing "$kind" "$file" "$folder/${file##*/}"; done
}

# make_work: $work, a folder for the time being, which goes when the script ends.
make_work() {
    work=$(mktemp -d 2>/dev/null) || fail 74 "${TMPDIR:-/tmp}: no folder can be made in it; set TMPDIR to one where it can"
    trap 'rm -rf "$work"' EXIT
}

# change WHAT PATH COMMAND...: says it and does it; with --dry-run it only says it.
change() {
    say "$1 $2"
    [[ $dry_run == no ]] || return 0
    "${@:3}" 2>"$work/words" || fail 74 "$2: $(tail -n 1 "$work/words"); run it as root, or give another --prefix"
}

# is_so KIND FILE TARGET: whether the target holds, or leads to, what the layout says.
is_so() {
    if [[ $1 == link ]]; then [[ $(readlink "$3") == "$2" ]]; else
        [[ -f $3 && ! -L $3 ]] && content "$1" "$2" | cmp -s - "$3"
    fi
}
content() { if [[ $1 == unit ]]; then sed "s|/usr/bin/|$prefix/bin/|" "$2"; else cat "$2"; fi; }

# refuse_strangers: ends before anything is written when somebody else's file or folder is where $work/layout wants
# something; not so for a file that is on record, or is the same byte for byte, or with --force.
refuse_strangers() {
    local kind file target strangers=()
    while IFS=$'\t' read -r kind file target; do
        target=$root/$target
        [[ -L $target || ! -d $target ]] || fail 74 "$target: a folder is there, where a file or a link belongs; move it away"
        if [[ ! -e $target && ! -L $target ]] || is_so "$kind" "$file" "$target"; then continue; fi
        grep -qxF "${target#"$root/"}" "$work/record" || strangers+=("$target")
    done <"$work/layout"
    ((${#strangers[@]} == 0)) || [[ $force == yes ]] ||
        fail 78 "${strangers[0]}: not from here, the first of ${#strangers[@]} in the way; move it away, or give --force to write over it"
}

# put KIND FILE TARGET: makes the target what the layout says, unless it is so already.
put() {
    local file=$2 mode=$1
    [[ $1 != unit ]] || mode=644
    if is_so "$@" && [[ $1 == link || $(stat -c %a "$3") == "$mode" ]]; then return; fi
    if [[ $1 == link ]]; then change link "$3" replace "$3" ln -sfT "$2"; else
        if [[ $1 == unit ]]; then content "$1" "$2" >"$work/unit" && file=$work/unit; fi
        change write "$3" replace "$3" install -m "$mode" "$file"
    fi
}

# replace TARGET COMMAND...: lets the command make it beside the target, and puts it there in one step: who starts a program
# at that moment has the old one or the new one, and it is whole.
replace() { "${@:2}" "$(beside "$1")" && mv -fT "$(beside "$1")" "$1"; }
# Always the same name, so that what was left by a run that was killed is found.
beside() { printf '%s/.%s.new\n' "${1%/*}" "${1##*/}"; }

# remove: takes away what stdin names, the deepest first; a folder only when nothing of somebody else's is in it.
remove() {
    local path new
    while read -r path; do
        path=$root/${path#./}
        if [[ $path == */ ]]; then
            [[ ! -d $path ]] || change remove "$path" rmdir --ignore-fail-on-non-empty "$path"
            continue
        fi
        new=$(beside "$path")
        if [[ -d $path && ! -L $path ]]; then
            say "leave $path: a folder, which was not installed"
            path=$new
        fi
        [[ ! -e $path && ! -L $path && ! -e $new && ! -L $new ]] || change remove "$path" rm -f "$path" "$new"
    done < <(LC_ALL=C sort -r)
}
