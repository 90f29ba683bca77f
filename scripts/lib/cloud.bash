# shellcheck shell=bash disable=SC2034,SC2154   # what is found out is for the caller; value is of script.bash, clone the caller's
# How scripts look at a Google Cloud project, and change it. To be sourced after script.bash.
#
# (1) Each step looks first and changes only what differs: a second run changes nothing, and says so.
# (2) With dry_run=yes nothing is changed: stdout is what a shell could be given to do it.
# (3) What fails ends the script with the status that it means; what was done by then stays, and the same command goes on.

# Set here, so that no variable of the environment answers for the user.
dry_run=no
# What a dry run would have made by now, and so cannot look at.
announced=()
# Nobody is there to answer gcloud at night; and whether an API is enabled is for these scripts to say.
export CLOUDSDK_CORE_DISABLE_PROMPTS=1

# shellcheck source=scripts/lib/scratch.bash
. "$clone/scripts/lib/scratch.bash"

# What take_options found.
declare -A option flag
operands=()
# What Google allows: resource names that need no quoting, neither in a shell nor in a URL nor in a query.
project_form='[a-z][a-z0-9-]{4,28}[a-z0-9]' account_form='[a-z][a-z0-9-]{4,28}[a-z0-9]'
dataset_form='[A-Za-z0-9_]{1,1024}' email_form='[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+'

# require_form OPTION VALUE PATTERN WHAT: goes on when the whole VALUE has that form.
require_form() { [[ $2 =~ ^($3)$ ]] || fail 64 "$1: not $4: ${2:-nothing}; see --help"; }

# take_options "$@": for each name that option[] has, `--NAME value` goes there, for each that flag[] has, `--NAME` makes
# that yes; what is no option goes to operands[], and all that follows --.
take_options() {
    local name words
    while (($#)); do
        words=1 name=${1#--}
        name=${name%%=*}
        case $1 in
            --dry-run) dry_run=yes ;;
            --yes) yes=yes ;;
            --quiet) quiet=yes ;;
            --help) usage; exit ;;
            --) operands+=("${@:2}"); return ;;
            -?*)
                [[ $1 == --* && $name =~ ^[a-z-]+$ ]] || fail 64 "unknown option: $1; see --help"
                if [[ $1 == "--$name" && -v "flag[$name]" ]]; then flag[$name]=yes; else
                    [[ -v "option[$name]" ]] || fail 64 "unknown option: $1; see --help"
                    take "$@"
                    option[$name]=$value
                fi
                ;;
            *) operands+=("$1") ;;
        esac
        shift "$words"
    done
}

# sign_in [ACCOUNT]: goes on when gcloud works for somebody, whose name goes to $account; with ACCOUNT it must be that one.
sign_in() {
    local wanted=${1:-}
    require_tools gcloud jq curl
    words_of_gcloud=$(mktemp "${TMPDIR:-/tmp}/gcloud.XXXXXX") ||
        fail 74 "${TMPDIR:-/tmp}: no file can be made there; set TMPDIR"
    scratch+=("$words_of_gcloud")
    look gcloud gcloud auth list --filter=status:ACTIVE --format='value(account)' || answer=
    account=$answer
    [[ -n $account ]] || fail 77 "gcloud: no account is active; run gcloud auth login"
    [[ -z $wanted || $account == "$wanted" ]] ||
        fail 77 "gcloud: $account is active, not $wanted; run gcloud config set account $wanted"
    say "account: $account"
}

# require_project PROJECT: goes on when it is there and somebody pays for it.
require_project() {
    look "project $1" gcloud projects describe "$1" --format='value(lifecycleState)' ||
        fail 78 "project $1: does not exist; check --project, or run gcloud projects create $1"
    [[ $answer == ACTIVE ]] || fail 78 "project $1: $(plain "${answer:-no state}"), not ACTIVE; run gcloud projects undelete $1"
    look "billing of $1" gcloud billing projects describe "$1" --format='value(billingEnabled)' || answer=
    [[ ${answer,,} == true ]] ||
        fail 78 "project $1: billing is not enabled; run gcloud billing projects link $1 --billing-account=ID"
    say "project: $1, active, billing enabled"
}

# look WHERE COMMAND...: leaves what the command prints in $answer; returns 1 when what it asks for does not exist.
look() {
    local where=$1
    shift
    # Apart from what it prints, since gcloud also warns when all is well.
    ! answer=$("$@" 2>"$words_of_gcloud") || return 0
    answer=
    means_absent "$(<"$words_of_gcloud")" || give_up "$where" "$(<"$words_of_gcloud")"
    return 1
}

# change WHAT DONE COMMAND...: runs a command that changes WHAT, and says that it is DONE; a dry run prints it.
change() {
    local what=$1 now=$2
    shift 2
    if [[ $dry_run == yes ]]; then
        quote "$@"
        say "$what: to be $now"
    else
        "$@" >/dev/null 2>"$words_of_gcloud" || give_up "$what" "$(<"$words_of_gcloud")"
        say "$what: $now"
    fi
}

# quote WORD...: prints a command as a shell reads it.
quote() {
    local word line=
    for word in "$@"; do
        [[ $word =~ ^[A-Za-z0-9_./:=@,+-]+$ ]] || word=${word@Q}
        line+=" $word"
    done
    printf '%s\n' "${line# }"
}

# means_absent TEXT: whether Google says so of a thing that is not there. A dry run has not enabled the API of a thing either.
means_absent() {
    case $1 in
        *SERVICE_DISABLED* | *"it is disabled"*) [[ $dry_run == yes ]] ;;
        *PERMISSION_DENIED* | *"does not have permission"*) return 1 ;;     # "… (or it may not exist)"
        # Not every "not found": a host that is not says nothing of the thing.
        *NOT_FOUND* | *" was not found"* | *"not found: 404"*) ;;
        *) return 1 ;;
    esac
}

# give_up WHERE TEXT: ends with the status that TEXT, Google's words, means.
give_up() {
    local status out
    case $2 in
        *SERVICE_DISABLED* | *"it is disabled"*)
            status=75 out="an API takes some minutes to be enabled everywhere; then run the same command again" ;;
        *RESOURCE_EXHAUSTED* | *rateLimitExceeded* | *quotaExceeded*) status=75 out="run the same command again later" ;;
        *UNAUTHENTICATED* | *"active account"* | *Reauthentication* | *"refreshing"* | *"HTTP 401"*)
            status=77 out="run gcloud auth login" ;;
        *PERMISSION_DENIED* | *"does not have permission"* | *"HTTPError 403"* | *"HTTP 403"*)
            status=77 out="the README beside the script names the roles that ${account:-the account} needs" ;;
        *"does not exist"*)
            status=75 out="a new account takes a minute to be known everywhere; then run the same command again" ;;
        *"unrecognized arguments"* | *"Invalid choice"*) status=78 out="run gcloud components update" ;;
        *NOT_FOUND* | *" was not found"* | *"not found: 404"* | *INVALID_ARGUMENT* | *FAILED_PRECONDITION* | *"HTTP 400"* | *"HTTP 404"*)
            status=78 out="check the options" ;;
        *) status=75 out="run the same command again later" ;;
    esac
    # The first line has the reason; the others repeat it for machines. Longer than others: the missing permission is last.
    fail "$status" "$1: $(plain "$(sed -nE '/./ { s/^ERROR: (\([a-z.-]+\) )?//; s/\.? *$//; p; q }' \
        <<<"${2:-no reason given}")" 500); $out"
}

# The policies looked at: what is granted here changes no other role in them, so that one look is enough for many.
declare -A policies

# grant MEMBER ROLE GROUP RESOURCE [FLAG...]: gives MEMBER the role on what `gcloud GROUP get-iam-policy RESOURCE` tells of.
grant() {
    local member=$1 role=$2 resource=$4 condition=() group
    read -ra group <<<"$3"
    shift 4
    # Without it gcloud asks as soon as another binding has a condition; Pub/Sub's bindings have none.
    [[ ${group[0]} == pubsub ]] || condition=(--condition=None)
    if [[ ! -v "policies[$resource]" ]]; then
        look "$resource" gcloud "${group[@]}" get-iam-policy "$resource" "$@" --format=json ||
            [[ " ${announced[*]} " == *" $resource "* ]] || fail 78 "$resource: does not exist; check its name"
        policies[$resource]=${answer:-{\}}
    fi
    if jq -e --arg role "$role" --arg member "$member" <<<"${policies[$resource]}" >/dev/null \
        'any(.bindings[]?; .role == $role and .condition == null and any(.members[]; . == $member))'; then
        say "$role on $resource for ${member#*:}: unchanged"
    else
        change "$role on $resource for ${member#*:}" granted gcloud "${group[@]}" add-iam-policy-binding "$resource" "$@" \
            --member="$member" --role="$role" "${condition[@]}"
    fi
}

# make_account NAME PROJECT PURPOSE: makes a service account; its address goes to $address.
make_account() {
    address=$1@$2.iam.gserviceaccount.com
    if look "$address" gcloud iam service-accounts describe "$address" --project="$2" --format='value(disabled)'; then
        [[ ${answer,,} != true ]] ||
            fail 78 "$address: disabled; run gcloud iam service-accounts enable $address --project=$2"
        say "service account $address: unchanged"
    else
        announced+=("$address")
        change "service account $address" made gcloud iam service-accounts create "$1" --project="$2" --display-name="$3"
    fi
}

# enable_apis PROJECT API...: enables those that are not enabled yet, in one command.
enable_apis() {
    local project=$1 api missing=()
    shift
    look "APIs of $project" gcloud services list --enabled --project="$project" --format='value(config.name)' || answer=
    for api in "$@"; do
        if grep -qxF "$api" <<<"$answer"; then say "$api: unchanged"; else missing+=("$api"); fi
    done
    ((${#missing[@]} == 0)) || change "${missing[*]}" enabled gcloud services enable "${missing[@]}" --project="$project"
}
