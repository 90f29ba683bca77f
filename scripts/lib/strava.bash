# shellcheck shell=bash disable=SC2154,SC2034   # auth_file, api, dry_run, credentials are the caller's; subscribed is for it
# For webhook-management.sh: Strava's push subscriptions, and the file of the application that they belong to.
# What is secret goes from variable to program by stdin alone; jq's own messages would quote it, so they are dropped.

# shellcheck source=scripts/lib/scratch.bash
. "$clone/scripts/lib/scratch.bash"

# new_token: 256 bits of chance, in letters that need no quotes anywhere.
new_token() { head -c 32 /dev/urandom | base64 -w 0 | tr +/ -_ | tr -d =; }

# read_auth: $auth, the text of the file.
read_auth() {
    require_tools jq curl
    if [[ $auth_file == - ]]; then
        [[ ! -t 0 ]] || fail 64 "--auth-file: stdin is a terminal; name a file, or pipe one in"
        auth=$(cat)
    else
        [[ -r $auth_file ]] || fail 78 "$auth_file: cannot be read; give --auth-file FILE"
        auth=$(cat -- "$auth_file") || fail 74 "$auth_file: cannot be read"
    fi
    jq -es 'length == 1 and (.[0] | type) == "object"' <<<"$auth" >/dev/null 2>&1 ||
        fail 78 "$auth_file: no JSON object"
    jq -e 'all(.. | numbers; fabs < 9007199254740992)' <<<"$auth" >/dev/null ||
        fail 78 "$auth_file: a number of 2^53 or more, which jq would round; write it as a text"
}

# require_fields KEY...: they have the form that they must have.
require_fields() {
    local key form
    for key in "$@"; do
        form='^[!-~]+$'
        [[ $key != client_id ]] || form='^[1-9][0-9]{0,14}$'
        [[ $(field "$key") =~ $form ]] || fail 78 "$auth_file: $key: missing, or not as Strava gives it"
        [[ $key == client_id ]] || hidden+=("$(field "$key")")
    done
}

# field KEY: its value in the file.
field() { jq -r ".$1 // empty" <<<"$auth" 2>/dev/null || true; }

# write_auth KEY JSON: the file with another value; whoever reads it meanwhile reads the old one or the new one.
write_auth() {
    local text
    # Both values come on stdin, since arguments are no place for a token.
    { text=$(printf '%s\n%s\n' "$auth" "$2" | jq -s --arg key "$1" '.[0] + {($key): .[1]}') &&
        rewrite "$auth_file" <<<"$text"; } || fail 74 "$auth_file: cannot be written; it is as it was"
}

# rotate_token: puts a new token into the file. The old one is not kept: an older version of the secret has it, and Strava
# asks for a token when it creates a subscription, and at no other time.
rotate_token() {
    if [[ $dry_run == yes ]]; then say "$auth_file: webhook_verify_token would be a new one; after that:"; else
        write_auth webhook_verify_token "\"$(new_token)\""
        say "$auth_file: webhook_verify_token is a new one; now, in this order:"
    fi
    say "1. deploy-secrets.sh, and a new revision of the dispatcher: Strava asks it for the token in step 3"
    say "2. webhook-management.sh delete, and at once, since no event is sent between:"
    say "3. webhook-management.sh create --update-auth-file"
    say "4. deploy-secrets.sh, and BACKFILL_SUBSCRIPTION_ID of the environment: the subscription has another id"
}

# parameters KEY...: keys of the file as parameters of a request, under Strava's names for them.
parameters() {
    local key
    for key in "$@"; do
        curl_option data-urlencode "${key#webhook_}=$(field "$key")"
    done
}

# show METHOD URL [NAME=VALUE...]: for --dry-run.
show() {
    local parameters=("client_id=$(field client_id)" client_secret=… "${@:3}")
    print_line "$1 $2 ${parameters[*]}"
}

# find_subscription: $id and $subscribed, its callback; both empty when there is none.
find_subscription() {
    if [[ $dry_run == yes ]]; then show GET "$api"; return; fi
    ask GET "$api" < <(echo get; parameters client_id client_secret)
    require_answer "$api" "$credentials"
    # -a: it is shown on terminals. Not -e: jq 1.6 then takes what is no JSON for no subscription.
    subscription=$(jq -acn 'input | if type == "array" and all(.[]; (.id | tostring | test("^[1-9][0-9]{0,14}\\z"))
        and (.callback_url | test("^[!-~]+\\z"))) then .[] else error end' <<<"$answer" 2>/dev/null) ||
        fail 78 "$api: not an answer of Strava: $(excerpt); check --url"
    [[ $subscription != *$'\n'* ]] || fail 78 "$api: more than one subscription, where Strava allows one"
    id=$(jq -r .id <<<"$subscription") subscribed=$(jq -r .callback_url <<<"$subscription")
}

# subscribe CALLBACK: $id of a new subscription. Strava asks the callback before it answers.
subscribe() {
    local errors
    ask POST "$api" < <(parameters client_id client_secret webhook_verify_token; curl_option data-urlencode "callback_url=$1")
    if [[ $http == 400 ]]; then
        errors=$(jq -r '.errors[] | "\(.field): \(.code)"' <<<"$answer" 2>/dev/null) || errors=''
        errors=$(plain "$errors")
        case $errors in
            *'already exists'*) fail 78 "Strava: $errors; view shows the subscription, delete makes room" ;;
            callback*) fail 78 "$1: Strava asked it, and says: $errors; within 2 s it has to answer 200 and the" \
                "challenge, if it knows webhook_verify_token: is that deployed, and does it answer from outside?" ;;
        esac
    fi
    require_answer "$api" "$credentials"
    id=$(jq -r .id <<<"$answer" 2>/dev/null) || id=''
    [[ $id =~ ^[1-9][0-9]{0,14}$ ]] || fail 78 "$api: no id in the answer: $(excerpt); check --url, then what view shows"
}
