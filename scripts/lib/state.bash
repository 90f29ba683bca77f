# shellcheck shell=bash disable=SC2154,SC2034,SC2317   # variables are shared with the caller; forget_state runs by trap
# For backfill-activities: state directories, the jobs in them, and the environments that they belong to.

# find_places: $files, the state directory, and BACKFILL_LEDGER, which counts where no env-file names one: a ledger for all
# environments, since they may share a Strava application.
find_places() {
    local states=${XDG_STATE_HOME:-${HOME:+$HOME/.local/state}} place
    place=$(setting "$environment" BACKFILL_STATE)
    [[ -n $states || (-n $state$place && -n ${BACKFILL_LEDGER:-}) ]] ||
        fail 78 "neither HOME nor XDG_STATE_HOME is set; give --state DIR, and BACKFILL_LEDGER"
    place=${place:-$states/backfill/$environment}
    files=${state:-$place${everything:+-everything}}
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
    if [[ -e $files/finished && $kept != "$wanted" && -e $events ]]; then
        # What was delivered of them may be looked up, found missing, and have to be sent again.
        { cat "$events" >>"$earlier" && rm "$events"; } || fail 74 "$earlier: cannot be written"
    fi
    if [[ $restart == yes || (-e $files/finished && $kept != "$wanted") ]]; then
        rm -f "$events" "$references" "$options" "$files/job.json" "$files/finished" "$files/left-out"
        kept=''
    fi
    if [[ -n $kept && $kept != "$wanted" ]]; then
        fail 78 "$files: a job with other options is not finished: $(paste -sd ' ' "$options"); finish it, or give --restart"
    fi
}

# on_record STATE: how many events of the journal stand there.
on_record() { replay "${journal[@]}" --report "$1" --quiet | wc -l; }

# reopen_job: what a look-up reopened makes a finished job one that is not; and the events of earlier ones go, when none
# of them can be wanted any more.
reopen_job() {
    if (($(on_record pending) > 0)); then rm -f "$files/finished"; elif (($(on_record delivered) == 0)); then rm -f "$earlier"; fi
}

# finish_job: marks the end, and says what a person does now. Fails when the job did not do all that it was to do.
finish_job() {
    local lost waiting left_out=0
    # Said once even with --quiet: for cron it is the news that it waits for.
    # That all has landed is news after it was that all is delivered.
    if [[ ! -e $files/finished || ($verify == yes && ! -s $files/finished) ]]; then
        quiet=no
        [[ ! -e $files/left-out ]] || left_out=1
    fi
    touch "$files/finished" || fail 74 "$files: cannot be written"
    [[ $verify == no ]] || echo verified >"$files/finished" || fail 74 "$files: cannot be written"
    lost=$(on_record gone) waiting=$(on_record pending)
    ((lost == 0)) || say "$lost gone, delivered in vain: replay ${journal[*]} --report gone lists them"
    ((waiting == 0)) || say "$waiting pending that no file here has, since --restart forgot them: ask for their days again"
    [[ -z $everything ]] || say "for another replay of everything give a new --state DIR"
    if [[ ! -s $references && -n "${selection[*]}" ]]; then
        say "nothing is missing that ${selection[*]} asks for: if that is a surprise, see its spelling"
    elif [[ " ${selection[*]} " == *" --limit "* && -z $everything ]]; then
        say "nothing is left of this job; --restart looks for the next ones beyond its --limit"
    else
        say "nothing is left: the cron line can go$([[ $verify == yes || -n $everything ]] || echo '; what has landed, --verify says')"
    fi
    return "$left_out"
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
