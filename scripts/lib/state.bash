# shellcheck shell=bash disable=SC2154,SC2034,SC2317   # variables are shared with the caller; forget_state runs by trap
# For backfill-activities: state directories, the jobs in them, and the environments that they belong to.

# find_places: $files, the state directory, and BACKFILL_LEDGER, which counts where no env-file names one: a ledger for all
# environments, since they may share a Strava application.
find_places() {
    local states=${XDG_STATE_HOME:-${HOME:+$HOME/.local/state}}
    state=${state:-$(setting "$environment" BACKFILL_STATE)}
    [[ -n $states || (-n $state && -n ${BACKFILL_LEDGER:-}) ]] ||
        fail 78 "neither HOME nor XDG_STATE_HOME is set; give --state DIR, and BACKFILL_LEDGER"
    files=${state:-$states/backfill/$environment${everything:+-everything}}
    export BACKFILL_LEDGER=${BACKFILL_LEDGER:-$states/backfill/ledger.ndjson}
}

# require_own_state: where everything is replayed, nothing may count as delivered already; where only what is missing
# is, what was delivered for the other reason would.
require_own_state() {
    local marker=$files/everything
    if [[ -n $everything && ! -e $marker && -e $files/checkpoint.ndjson ]]; then
        fail 78 "$files: what was delivered from there would not be sent again: --everything wants a new --state DIR"
    fi
    if [[ -z $everything && -e $marker ]]; then
        fail 78 "$files: belongs to --everything; give another --state DIR"
    fi
}

# begin_job: a job keeps its options until it is finished, since a file of events for one question is no answer to another.
begin_job() {
    local kept
    kept=$(cat "$options" 2>/dev/null) || kept=''
    if [[ $dry_run == yes && -e $files/finished && $kept != "$wanted" ]]; then
        fail 78 "$files: a job with other options was finished there; for a plan of another give --state DIR"
    fi
    if [[ $restart == yes || (-e $files/finished && $kept != "$wanted") ]]; then
        rm -f "$events" "$references" "$options" "$files/job.json" "$files/finished"
    fi
    if [[ -e $options && $kept != "$wanted" ]]; then
        fail 78 "$files: a job with other options is not finished: $(paste -sd ' ' "$options"); finish it, or give --restart"
    fi
}

# say_the_end: what a person does when nothing is left, and what was given up.
say_the_end() {
    local lost
    lost=$(replay "${journal[@]}" --report gone --quiet | wc -l)
    ((lost == 0)) || say "$lost gone, delivered in vain: replay ${journal[*]} --report gone lists them"
    if [[ " ${selection[*]} " == *" --limit "* ]]; then
        say "nothing is left of this job; --restart looks for the next ones beyond its --limit"
    else
        say "nothing is left: the cron line can go"
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

# environment_file NAME: the path of NAME.env, where the filters look for it; fails when there is none.
environment_file() {
    local folder
    for folder in ${BACKFILL_ENVIRONMENTS:+"$BACKFILL_ENVIRONMENTS"} environments "$clone/environments" \
        "${XDG_CONFIG_HOME:-${HOME:-}/.config}/backfill" /etc/backfill; do
        if [[ -f $folder/$1.env ]]; then printf '%s\n' "$folder/$1.env"; return; fi
    done
    return 1
}

# setting NAME KEY: what the environment's file says, else the variable of that name; of the keys that no filter reads.
setting() {
    local file line=''
    if file=$(environment_file "$1"); then line=$(grep -s "^$2=." "$file" | tail -n 1) || true; fi
    if [[ -n $line ]]; then printf '%s\n' "${line#*=}"; else printf '%s\n' "${!2:-}"; fi
}

# is_protected NAME: whether the environment's file says so. Whatever it says, if it is not plainly no: a question too
# many is better than one too few. Where no file is found, replay looks and asks by itself.
is_protected() {
    local file
    file=$(environment_file "$1") || return 1
    [[ -r $file ]] || return 0
    grep -q '^BACKFILL_PROTECTED=' "$file" && ! grep -qxE 'BACKFILL_PROTECTED=(no)?' "$file"
}
