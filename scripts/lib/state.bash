# shellcheck shell=bash disable=SC2154,SC2034,SC2317   # variables are shared with the caller; forget_state runs by trap
# For backfill-activities: state directories, the jobs in them, and the environments that they belong to.

# find_places: $files, the state directory, and BACKFILL_LEDGER, which counts where no env-file names one: a ledger for all
# environments, since they may share a Strava application.
find_places() {
    local states=${XDG_STATE_HOME:-${HOME:+$HOME/.local/state}}
    [[ -n $states || (-n $state && -n ${BACKFILL_LEDGER:-}) ]] ||
        fail 78 "neither HOME nor XDG_STATE_HOME is set; give --state DIR, and BACKFILL_LEDGER"
    files=${state:-$states/backfill/$environment}
    export BACKFILL_LEDGER=${BACKFILL_LEDGER:-$states/backfill/ledger.ndjson}
}

# begin_job: a job keeps its options until it is finished, since a file of events for one question is no answer to another.
begin_job() {
    local kept
    kept=$(cat "$options" 2>/dev/null) || kept=''
    if [[ $dry_run == yes && -e $files/finished && $kept != "$wanted" ]]; then
        fail 78 "$files: a job with other options was finished there; for a plan of another give --state DIR"
    fi
    if [[ $restart == yes || (-e $files/finished && $kept != "$wanted") ]]; then
        rm -f "$events" "$references" "$options" "$files/finished"
    fi
    if [[ -e $options && $kept != "$wanted" ]]; then
        fail 78 "$files: a job with other options is not finished: $(paste -sd ' ' "$options"); finish it, or give --restart"
    fi
}

# make_state DIR: makes it, unless it is there, with the folders above it. Until `keep_state` is called the end of the
# script takes away again what was made: a job that never began leaves nothing behind.
make_state() {
    [[ ! -d $1 ]] || return 0
    state_folder=$1 state_top=$1
    while [[ ! -d $(dirname "$state_top") ]]; do state_top=$(dirname "$state_top"); done
    trap forget_state EXIT
    mkdir -p "$1"
}
keep_state() { trap - EXIT; }
forget_state() {
    local folder=$state_folder
    rm -rf "$folder"
    # Of the folders above it only those that were made for it, and only while another job has nothing in them.
    while [[ $folder != "$state_top" ]]; do
        folder=$(dirname "$folder")
        rmdir "$folder" 2>/dev/null || break
    done
}

# is_protected NAME CLONE: whether the environment's file says so. Whatever it says, if it is not plainly no: a question
# too many is better than one too few. Where no file is found, replay looks and asks by itself.
is_protected() {
    local folder file
    for folder in ${BACKFILL_ENVIRONMENTS:+"$BACKFILL_ENVIRONMENTS"} environments "$2/environments" \
        "${XDG_CONFIG_HOME:-${HOME:-}/.config}/backfill" /etc/backfill; do
        file=$folder/$1.env
        [[ -f $file ]] || continue
        [[ -r $file ]] || return 0
        grep -q '^BACKFILL_PROTECTED=' "$file" && ! grep -qxE 'BACKFILL_PROTECTED=(no)?' "$file"
        return
    done
    return 1
}
