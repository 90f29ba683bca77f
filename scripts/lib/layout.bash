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

# change WHAT PATH COMMAND...: says it and does it; with --dry-run it only says it.
change() {
    say "$1 $2"
    [[ $dry_run == no ]] || return 0
    "${@:3}" 2>"$work/words" || fail 74 "$2: $(tail -n 1 "$work/words"); run it as root, or give another --prefix"
}

# put KIND FILE TARGET: makes the target what the layout says, unless it is so already.
put() {
    if [[ $1 == link ]]; then
        [[ $(readlink "$3") == "$2" ]] || change link "$3" ln -sfn "$2" "$3"
    elif [[ $1 == unit ]]; then
        sed "s|/usr/bin/|$prefix/bin/|" "$2" >"$work/unit"
        put 644 "$work/unit" "$3"
    elif [[ ! -f $3 || -L $3 || $(stat -c %a "$3") != "$1" ]] || ! cmp -s "$2" "$3"; then
        change write "$3" install -m "$1" "$2" "$3"
    fi
}
