# shellcheck shell=bash disable=SC2154   # the variables are the caller's, who can fail
# For scripts that run filters: where they are.

# find_filters NAME: puts the folder that has NAME on PATH: named, that of the script, installed with it, built in this clone,
# or there already.
find_filters() {
    local folder
    for folder in ${BACKFILL_BIN:+"$BACKFILL_BIN"} "$here" "$clone/bin" "$clone/.build/release"; do
        if [[ -x $folder/$1 ]]; then PATH=$folder:$PATH; break; fi
    done
    command -v "$1" >/dev/null || fail 78 "$1: not found; build it with: scripts/development/build-release"
}

# show_version: that of the filters which the script would run.
show_version() {
    find_filters replay
    printf '%s %s\n' "$script" "$(replay --version | cut -d ' ' -f 2-)"
}
