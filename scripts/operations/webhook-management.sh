#!/usr/bin/env bash
# Manages the push subscription by which Strava tells the dispatcher of new activities.
# An application has one at most, and Strava asks the callback for the verify token when it is created, never later.
# https://developers.strava.com/docs/webhooks/
set -euo pipefail

usage() {
    cat <<'HELP'
Usage: webhook-management.sh create --callback URL | view | delete | generate-token | rotate-token
         [--auth-file FILE|-] [--update-auth-file] [--url URL] [--dry-run] [--yes] [--help]

create          subscribes the callback; the same one again: nothing changes
view            prints the subscription
delete          shows the subscription, asks, and deletes it: no events from then on
generate-token  prints a new verify token
rotate-token    puts a new verify token into the file, and says what has to follow

  --auth-file FILE    strava_auth.json: client_id, client_secret, webhook_verify_token,
                      webhook_subscription_id; - is stdin (default: strava_auth.json)
  --callback URL      where Strava is to send events, as https://dispatcher/webhook
  --update-auth-file  create: put the subscription's id into the file
  --url URL           Strava's API (default: STRAVA_API_URL, else https://www.strava.com/api/v3)
  --dry-run           print what would be asked; ask and change nothing
  --yes               delete without asking
  --help              show this help

view and create print {"id":…} on a line. Statuses: 64 usage, 74 the file, 75 try again
later, 77 Strava refuses the application, 78 another subscription, or no good callback.
HELP
}

clone=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
# shellcheck source=scripts/lib/script.bash
. "$clone/scripts/lib/script.bash"
# shellcheck source=scripts/lib/http.bash
. "$clone/scripts/lib/http.bash"
# shellcheck source=scripts/lib/strava.bash
. "$clone/scripts/lib/strava.bash"
action='' callback='' id='' update=no dry_run=no auth_file=strava_auth.json
api=${STRAVA_API_URL:-https://www.strava.com/api/v3}
while (($#)); do
    words=1
    case $1 in
        --auth-file | --auth-file=*) take "$@"; auth_file=$value ;;
        --callback | --callback=*) take "$@"; callback=$value ;;
        --url | --url=*) take "$@"; api=$value ;;
        --update-auth-file) update=yes ;;
        --dry-run) dry_run=yes ;;
        --yes) yes=yes ;;
        --help) usage; exit ;;
        -*) fail 64 "unknown option: $1; see --help" ;;
        *) [[ -z $action ]] || fail 64 "$1: after $action, one at a time; see --help"; action=$1 ;;
    esac
    shift "$words"
done
case $action in
    create) [[ -n $callback ]] || fail 64 "create: --callback is missing: where is Strava to send events?" ;;
    view | delete | generate-token | rotate-token) ;;
    *) fail 64 "${action:-nothing to do}: neither create, view, delete, generate-token nor rotate-token; see --help" ;;
esac
[[ $action == create || $callback$update == no ]] || fail 64 "$action: has no use for --callback and --update-auth-file"
[[ $auth_file != - || ($action != rotate-token && $update == no) ]] || fail 64 "--auth-file: stdin cannot be written; name a file"
require_url --url "$api"
api=${api%/}/push_subscriptions
[[ -z $callback ]] || require_url --callback "$callback"
((${#callback} <= 255)) || fail 64 "--callback: longer than the 255 characters that Strava takes"

if [[ $action == generate-token ]]; then print_line "$(new_token)"; exit; fi
read_auth
require_fields client_id client_secret
if [[ $action == rotate-token ]]; then rotate_token; exit; fi
[[ $action != create ]] || require_fields webhook_verify_token
credentials="client_id and client_secret in $auth_file"

find_subscription
case $action$dry_run in
    viewno) if [[ -n $id ]]; then print_line "$subscription"; else say "no subscription"; fi ;;
    deleteyes) show DELETE "$api/ID" ;;
    deleteno)
        [[ -n $id ]] || { say "no subscription: nothing to delete"; exit; }
        say "$(plain "$subscription")"
        confirm "Delete it? $subscribed will hear of no activity. Type its id:" "$id"
        ask DELETE "$api/$id" < <(echo get; parameters client_id client_secret)
        require_answer "$api/$id" "$credentials"
        say "$id: deleted"
        ;;
    createyes) show POST "$api" verify_token=… "callback_url=$callback" ;;
    createno)
        if [[ -z $id ]]; then
            subscribe "$callback"
            say "$id: created; the dispatcher (deploy-secrets.sh) and BACKFILL_SUBSCRIPTION_ID have to know this id"
        else
            [[ $subscribed == "$callback" ]] || fail 78 "$id: the subscription sends to $subscribed; delete it first"
            say "$id: unchanged"
        fi
        [[ $update == no || $(field webhook_subscription_id) == "$id" ]] || write_auth webhook_subscription_id "$id"
        print_line "{\"id\":$id}"
        ;;
esac
