# shellcheck shell=bash disable=SC2154   # name, environment, selection and the like are the caller's
# For data/phases: a backfill of a few activities, and whether all of it arrived. A phase names itself, its environment
# and its selection, says which phases come before it, and calls parse_phase and run_phase.

# phase_options: the part of --help that all phases share.
phase_options() {
    cat <<'HELP'
  --source-project P      project of the old table (else BACKFILL_SOURCE_TABLE)
  --target-env NAME       another environment than the phase's own
  --rate-limit RATE       events a second, or as 100/15m (default: 2)
  --settled DURATION      look for what was delivered so long ago (default: 5m;
                          of 3-prod-year 30m)
  --deadline DURATION     fail when not all that was sent is there after so long
                          (default: 30m; of 3-prod-year 0s: end after each slice)
  --logs, --dead-letters SUBSCRIPTION, --summaries PATTERN
                          ask Google Cloud too: see operations/monitor --help
  --state DIR             where it keeps what it knows
                          (default: $XDG_STATE_HOME/backfill/phases/NAME)
  --anyway                although a phase before this one has not passed
  --restart               ask anew: other activities than those of the last time
  --dry-run               show the plan: query once, send nothing
  --yes                   do not ask before a protected environment
  --help                  show this help

Exit status: 0 passed; 1 failed; 75 not yet, run it again; else that of
backfill-activities.
HELP
}

# shellcheck source=scripts/lib/script.bash
. "$clone/scripts/lib/script.bash"
# shellcheck source=scripts/lib/phases.bash
. "$clone/scripts/lib/phases.bash"
# shellcheck source=scripts/lib/filters.bash
. "$clone/scripts/lib/filters.bash"

source=() pace=() settled=5m deadline=30m logs='' dead_letters='' summaries='' state='' anyway=no dry_run=no restart=()

# own_option "$@": takes an option of this phase alone; a phase that has one defines this anew.
own_option() { false; }

# parse_phase "$@": fills the variables above.
parse_phase() {
    local value words
    while (($#)); do
        words=1
        case $1 in
            --source-project | --source-project=*) take "$@"; source=(--source-project "$value") ;;
            --target-env | --target-env=*) take "$@"; environment=$value ;;
            --rate-limit | --rate-limit=*) take "$@"; pace=(--rate-limit "$value") ;;
            --settled | --settled=*) take "$@"; settled=$value ;;
            --deadline | --deadline=*) take "$@"; deadline=$value ;;
            --logs) logs=yes ;;
            --dead-letters | --dead-letters=*) take "$@"; dead_letters=$value ;;
            --summaries | --summaries=*) take "$@"; summaries=$value ;;
            --state | --state=*) take "$@"; state=$value ;;
            --anyway) anyway=yes ;;
            --restart) restart=(--restart) ;;
            --dry-run) dry_run=yes ;;
            --yes) yes=yes ;;
            --help) usage; phase_options; exit ;;
            *) own_option "$@" || fail 64 "unknown option: $1; see --help" ;;
        esac
        shift "$words"
    done
    [[ $settled =~ ^[0-9]+[smhd]$ ]] || fail 64 "--settled: not a duration as 5m: $settled"
    [[ $deadline =~ ^[0-9]+[smhd]$ ]] || fail 64 "--deadline: not a duration as 30m: $deadline"
}

# seconds DURATION
seconds() {
    local -A length=([s]=1 [m]=60 [h]=3600 [d]=86400)
    echo "$((10#${1%?} * ${length[${1: -1}]}))"
}

# run_phase: does it all, and ends the script.
run_phase() {
    local states=${XDG_STATE_HOME:-${HOME:+$HOME/.local/state}} earlier status
    [[ -n $state || -n $states ]] || fail 78 "neither HOME nor XDG_STATE_HOME is set; give --state DIR"
    state=${state:-$states/backfill/phases/$script}
    for earlier in "${before[@]}"; do
        [[ $anyway == yes || $dry_run == yes || $(cat "$(dirname "$state")/$earlier/passed" 2>/dev/null) == dev ]] ||
            fail 78 "$earlier has not passed in dev; run it first, or give --anyway"
    done
    umask 077
    backfill=("$clone/scripts/data/backfill-activities" "${source[@]}" --target-env "$environment" "${selection[@]}" --state "$state")
    [[ $yes == no ]] || backfill+=(--yes)
    if [[ $dry_run == yes ]]; then exec "${backfill[@]}" "${restart[@]}" --dry-run; fi
    here=$clone/scripts/data
    find_filters replay
    rm -f "$state/passed"
    status=0
    send_and_wait || status=$?
    # All is sent, and the time to land is over: what is not there now is what this phase is to find out.
    ((status <= 1)) || is_overdue || { ((status != 75)) || say "not yet: run it again"; exit "$status"; }
    validate
}

# send_and_wait: runs the backfill until nothing is left to send or to look up, or the deadline is over.
send_and_wait() {
    local end=$((SECONDS + $(seconds "$deadline"))) status
    while :; do
        status=0
        phase "${backfill[@]}" "${pace[@]}" "${restart[@]}" --verify --settled "$settled" || status=$?
        restart=()
        ((status == 75 && SECONDS < end)) || return "$status"
        say "waiting $settled for the pipeline"
        phase sleep "$(seconds "$settled")"
    done
}

is_overdue() {
    ((status == 75 && $(seconds "$deadline") > 0)) && [[ -s $state/events.ndjson ]] && (($(report pending | count_own) == 0))
}

# validate: prints what is as it should be and what is not. Passed means that nothing is otherwise.
validate() {
    local references wanted landed failed gone absent failures=0
    # Each by itself: what cannot be counted ends the script with its own status, and is not nothing.
    report landed >"$state/landed.ndjson" || exit
    references=$(wc -l <"$state/references.ndjson") || exit 74
    wanted=$(wc -l <"$state/events.ndjson") || exit 74
    landed=$(count_own <"$state/landed.ndjson") || exit
    failed=$(report failed | count_own) || exit
    gone=$(report gone | count_own) || exit
    absent=$(bq-missing --source - --id-field event.object_id --target-env "$environment" --quiet \
        <"$state/landed.ndjson" | wc -l) || exit
    ((wanted > 0)) || { echo "FAIL nothing is missing that the phase asks for: nothing was tried"; failures=1; }
    check "references have become events" "$references" "$wanted"
    check "events have landed" "$wanted" "$landed"
    check "events failed" 0 "$failed"
    check "events are gone, delivered in vain" 0 "$gone"
    check "landed events without a row in BigQuery" 0 "$absent"
    # A summary is of a day, which references know; what the others ask for, the results.
    local since=()
    [[ -z $logs ]] || since=(--since "$(hours_since_first)h")
    check_cloud "$logs" "$state/results.ndjson" "events have log lines" logs "${since[@]}"
    check_cloud "$dead_letters" /dev/null "no event is in the dead-letter subscription" dead-letters --subscription "$dead_letters"
    check_cloud "$summaries" "$state/references.ndjson" "summaries are in Cloud Storage" summaries --pattern "$summaries"
    if ((failures > 0)); then
        printf 'FAIL: %s: %s of the checks above; what became of each event: replay --checkpoint %q --report STATE\n' \
            "$script" "$failures" "$state/checkpoint.ndjson"
        exit 1
    fi
    printf '%s\n' "$environment" >"$state/passed" || fail 74 "$state/passed: cannot be written"
    printf 'PASS: %s\n' "$script"
}

# hours_since_first: how far back the log lines of the first delivery are, and one more.
hours_since_first() {
    local first
    first=$(head -n 1 "$state/results.ndjson" | jq -r .time)
    echo "$((($(date +%s) - $(date -d "$first" +%s)) / 3600 + 1))"
}

# report STATE: the events of the journal that are there; it has those of earlier jobs too.
report() { replay --checkpoint "$state/checkpoint.ndjson" --report "$1" --quiet; }
# count_own: how many of the events on stdin are this job's.
count_own() { ids | LC_ALL=C comm -12 - <(ids <"$state/events.ndjson") | wc -l; }
ids() { sed -E 's/.*"object_id":([0-9]+).*/\1/' | LC_ALL=C sort -u; }

# check WHAT EXPECTED SEEN: a line of the table.
check() {
    local verdict=ok
    [[ $2 == "$3" ]] || { verdict=FAIL; failures=$((failures + 1)); }
    printf '%-4s %s: %s of %s\n' "$verdict" "$1" "$3" "$2"
}

# check_cloud OPTION RECORDS WHAT MODE [ARGUMENT]...: the same of what Google Cloud knows, where OPTION wants it.
check_cloud() {
    [[ -n $1 ]] || { printf -- '-    %s: not asked\n' "$3"; return 0; }
    local verdict=ok status=0
    "$clone/scripts/operations/monitor" "${@:4}" --target-env "$environment" <"$2" >"$state/$4.ndjson" || status=$?
    # What could not be asked is neither there nor missing.
    ((status <= 1)) || exit "$status"
    ((status == 0)) || { verdict=FAIL; failures=$((failures + 1)); }
    printf '%-4s %s\n' "$verdict" "$3"
}
