#!/usr/bin/env bash
# Opens a way from this machine to a gateway that only its VPC sees: a small instance there, and a tunnel through it.
set -euo pipefail

usage() {
    cat <<'HELP'
Usage: api-gateway-tunnel.sh start --project ID --zone ZONE --gateway HOST [--network NAME] [--subnet NAME]
                             stop  --project ID --zone ZONE
                             test  --gateway HOST [--path /PATH]
                             [--port N] [--name NAME] [--keep] [--dry-run] [--quiet] [--help]

start  makes an instance, unless it is there, and tunnels 127.0.0.1:8443 to port 443 of the
       gateway until ^C; what it made it deletes then
stop   deletes the instance; nothing there is no error
test   asks the gateway through the tunnel and prints the HTTP status

  --project ID    the gateway's project        --zone ZONE    where the instance goes
  --gateway HOST  the gateway, as its VPC knows it
  --network NAME  its VPC (default: default)   --subnet NAME  its subnet, where it has no default
  --port N        on 127.0.0.1 (8443)          --path /PATH   what test asks for (/)
  --name NAME     of the instance (backfill-tunnel)
  --keep          leave the instance at the end; stop deletes it
  --dry-run       print the commands that change something
  --quiet         say only what is wrong

The instance is an e2-micro: about 1 US cent an hour, without an address of its own and
without rights; after 8 hours Google deletes it, whatever happened here.
Statuses: 64 usage, 75 try again later, 77 no permission, 78 something named does not fit.
HELP
}

clone=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
# shellcheck source=scripts/lib/script.bash
. "$clone/scripts/lib/script.bash"
# shellcheck source=scripts/lib/cloud.bash
. "$clone/scripts/lib/cloud.bash"
# shellcheck source=scripts/lib/http.bash
. "$clone/scripts/lib/http.bash"
# shellcheck source=scripts/lib/tunnel.bash
. "$clone/scripts/lib/tunnel.bash"

action='' project='' zone='' gateway='' network=default subnet='' port=8443 path=/ name=backfill-tunnel keep=no
while (($#)); do
    words=1
    case $1 in
        --project | --project=*) take "$@"; project=$value ;;
        --zone | --zone=*) take "$@"; zone=$value ;;
        --gateway | --gateway=*) take "$@"; gateway=$value ;;
        --network | --network=*) take "$@"; network=$value ;;
        --subnet | --subnet=*) take "$@"; subnet=$value ;;
        --port | --port=*) take "$@"; port=$value ;;
        --path | --path=*) take "$@"; path=$value ;;
        --name | --name=*) take "$@"; name=$value ;;
        --keep) keep=yes ;;
        --dry-run) dry_run=yes ;;
        --quiet) quiet=yes ;;
        --help) usage; exit ;;
        -*) fail 64 "unknown option: $1; see --help" ;;
        *) [[ -z $action ]] || fail 64 "$1: after $action, one at a time; see --help"; action=$1 ;;
    esac
    shift "$words"
done
[[ $action =~ ^(start|stop|test)$ ]] || fail 64 "${action:-nothing to do}: neither start, stop nor test; see --help"
[[ $port =~ ^[1-9][0-9]{0,4}$ && $port -lt 65536 ]] || fail 64 "--port: not a port: $port"
if [[ $action != stop ]]; then
    [[ $gateway =~ ^[A-Za-z0-9][A-Za-z0-9.-]*$ ]] || fail 64 "--gateway: not a host's name: ${gateway:-nothing}"
fi
if [[ $action == test ]]; then test_tunnel; exit; fi
for word in "--project $project" "--zone $zone" "--name $name" "--network $network" ${subnet:+"--subnet $subnet"}; do
    [[ ${word#* } =~ ^[a-z]([a-z0-9.:-]*[a-z0-9])?$ ]] || fail 64 "${word%% *}: not a name: ${word#* }; see --help"
done

# shellcheck disable=SC2119   # any account will do
sign_in
find_instance
if [[ $action == stop ]]; then stop_instance; exit; fi
if [[ $dry_run == no ]] && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    fail 75 "127.0.0.1:$port: in use; is another tunnel open? --port N takes another"
fi
start_instance
open_tunnel
