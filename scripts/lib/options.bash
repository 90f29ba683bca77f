# shellcheck shell=bash disable=SC2034   # the variables are for the caller
# For backfill-activities: its options, and what is wrong with them before anything is done.

usage() {
    cat <<'HELP'
Usage: backfill-activities --source-project P --target-env NAME [OPTION]...
       backfill-activities --source-project P --export-fixtures FILE [OPTION]...

  --source-project P        project of the old table, strava.activities
  --target-env NAME         environment to backfill: prod, dev, local (NAME.env)
  --export-fixtures FILE    instead: write activities to a JSON file
  --start-date DAY          first day, YYYY-MM-DD in UTC
  --end-date DAY            last day
  --activity-type TYPE      activities of this type only (repeatable)
  --limit N                 at most so many activities
  --everything              what is not missing too, in its own state directory
  --verify                  look up first what was delivered: what is missing is
                            sent again, and after two deliveries gone
  --settled DURATION        look up what is at least so old (default: 30m)
  --min-landed PERCENT      send nothing when less has landed (default: 90%)
  --rate-limit RATE         events a second, or as 100/15m (default: 2)
  --max-runtime DURATION    begin no attempt after this long
  --wait                    wait for the next window when a quota is spent
  --access-token-file FILE  what BigQuery is asked with
  --maximum-bytes-billed SIZE  let BigQuery refuse a query that would bill more
  --anonymize               of a fixture: allowed columns, ids by a keyed hash
  --key-file FILE           the key of that hash
  --policy FILE             what becomes of each column, instead of the default
  --dry-run                 show the plan: query once, send nothing
  --print-pipeline          show the commands, and run none
  --state DIR               state directory (default: BACKFILL_STATE, else
                            $XDG_STATE_HOME/backfill/NAME)
  --restart                 forget an unfinished job, not what was delivered
  --yes                     do not ask before a protected environment
  --verbose                 say more
  --quiet                   say only what went wrong
  --version                 show version and commit of the filters
  --help                    show this help

Exit status: 0 all done; 1 some records failed; 64 usage; 74 local I/O; 75 try
again later, with the same command; 77 refused; 78 configuration.
More: man backfill-activities; man 7 backfill
HELP
}

dry_run=no print=no restart=no verify=no everything=''
source=() environment='' fixture='' state='' selection=() access=() pace=() talk=() settled='' landed=() anonymity=()

# parse_options "$@": fills the variables above, or ends with 64.
parse_options() {
    local value words
    while (($#)); do
        words=1
        case $1 in
            --source-project | --source-project=*) take "$@"; source=(--source-project "$value") ;;
            --target-env | --target-env=*) take "$@"; environment=$value ;;
            --export-fixtures | --export-fixtures=*) take "$@"; fixture=$value ;;
            --start-date | --start-date=* | --end-date | --end-date=* | --activity-type | --activity-type=* | --limit | --limit=*)
                take "$@"; selection+=("${1%%=*}" "$value") ;;
            --rate-limit | --rate-limit=* | --max-runtime | --max-runtime=*) take "$@"; pace+=("${1%%=*}" "$value") ;;
            --wait) pace+=(--wait) ;;
            --everything) everything=yes ;;
            --verify) verify=yes ;;
            --settled | --settled=*) take "$@"; settled=$value ;;
            --min-landed | --min-landed=*) take "$@"; landed+=(--min-landed "$value") ;;
            --anonymize) anonymity+=(--anonymize) ;;
            --key-file | --key-file=* | --policy | --policy=*) take "$@"; anonymity+=("${1%%=*}" "$value") ;;
            --access-token-file | --access-token-file=* | --maximum-bytes-billed | --maximum-bytes-billed=*)
                take "$@"; access+=("${1%%=*}" "$value") ;;
            --state | --state=*) take "$@"; state=$value ;;
            --dry-run) dry_run=yes ;;
            --print-pipeline) print=yes ;;
            --restart) restart=yes ;;
            --yes) yes=yes ;;
            --verbose) talk+=(--verbose) ;;
            --quiet) quiet=yes; talk+=(--quiet) ;;
            --version) show_version; exit ;;
            --help) usage; exit ;;
            *) fail 64 "unknown option: $1; see --help" ;;
        esac
        shift "$words"
    done
    check_options
}

# check_options: what contradicts each other, or would be without effect.
check_options() {
    [[ -n $environment || -n $fixture ]] || fail 64 "neither --target-env nor --export-fixtures: say where the activities go"
    [[ -z $environment || -z $fixture ]] || fail 64 "both --target-env and --export-fixtures: run one after the other"
    [[ -z $fixture || "$state$restart$verify$everything${pace[*]}" == nono ]] ||
        fail 64 "--export-fixtures: has no use for --state, --restart, --verify, --everything, --rate-limit, --max-runtime, --wait"
    [[ -n $fixture || -z "${anonymity[*]}" ]] || fail 64 "${anonymity[0]}: is about fixtures; give --export-fixtures FILE"
    if [[ -n "${anonymity[*]}" ]]; then
        # Found out here: export-fixture would say it when the rows are paid for.
        [[ " ${anonymity[*]} " == *" --anonymize "* ]] || fail 64 "${anonymity[0]}: not used: give --anonymize"
        [[ " ${anonymity[*]} " == *" --key-file "* ]] || fail 64 "--anonymize: --key-file is missing: the same key makes the same ids"
    fi
    [[ $verify == yes || -z $settled ]] || fail 64 "--settled: not used: give --verify"
    [[ $verify == yes || -z "${landed[*]}" ]] || fail 64 "--min-landed: not used: give --verify"
    # What was there already has landed, whatever becomes of its event: it would say that all is well.
    [[ -z $everything || $verify == no ]] || fail 64 "--everything, --verify: what is there already says nothing about its event"
    [[ -z $everything || $restart == no ]] || fail 64 "--everything, --restart: what was sent is settled; give a new --state DIR"
    settled=${settled:-30m}
    # Found out here: their filter would say it when the events are sent.
    [[ $settled =~ ^[0-9]+[smhd]$ ]] || fail 64 "--settled: not a duration as 30m or 1d: $settled"
    [[ -z "${landed[*]}" || ${landed[-1]} =~ ^(100|[0-9]{1,2}(\.[0-9]{1,2})?)%$ ]] || fail 64 "--min-landed: not a percentage as 90%: ${landed[-1]}"
    [[ -z $environment || $environment =~ ^[a-z][a-z0-9-]*$ ]] || fail 64 "--target-env: not a name: $environment; as prod or dev"
}
