# shellcheck shell=bash disable=SC2154,SC2034   # the options are the caller's
# For api-gateway-tunnel.sh: the instance, the tunnel, and their end. To be sourced after cloud.bash and http.bash.

# What tells our instance from somebody else's of that name.
purpose=activity-backfill-tunnel
# yes while there may be an instance that this run made.
made=no
# The process group of the tunnel.
tunnel=''
delete=()

# find_instance: $state of the instance, empty when there is none.
find_instance() {
    delete=(gcloud compute instances delete "$name" --project="$project" --zone="$zone" --quiet)
    look "$name" gcloud compute instances describe "$name" --project="$project" --zone="$zone" \
        --format='value(labels.purpose,status)' || answer=
    [[ -z $answer || ${answer%%$'\t'*} == "$purpose" ]] ||
        fail 78 "$name: not made by this script, whose instances have the label purpose=$purpose; give another --name"
    state=${answer#*$'\t'}
}

# stop_instance: deletes it, if it is there.
stop_instance() {
    if [[ -n $state ]]; then change "$name" deleted "${delete[@]}"; else say "$name: not there, nothing to stop"; fi
}

# start_instance: makes it, unless it is there; what was there before is left to who made it.
start_instance() {
    if [[ -n $state ]]; then
        [[ $state == RUNNING ]] || fail 75 "$name: $state; run stop, and start again"
        say "$name: unchanged; it stays when the tunnel is closed, stop deletes it"
        return
    fi
    # From here on: a create that failed or was interrupted may have made it all the same.
    [[ $dry_run$keep != nono ]] || made=yes
    trap close_tunnel EXIT
    (change "$name" made gcloud compute instances create "$name" --project="$project" --zone="$zone" \
        --machine-type=e2-micro --image-family=debian-12 --image-project=debian-cloud \
        --network="$network" ${subnet:+--subnet="$subnet"} --no-address --no-service-account --no-scopes \
        --shielded-secure-boot --shielded-vtpm --shielded-integrity-monitoring --metadata=enable-oslogin=TRUE \
        --labels=purpose="$purpose" --max-run-duration=8h --instance-termination-action=DELETE) || {
        local status=$?
        # Another start was faster: it is for that one to delete.
        [[ $(<"$words_of_gcloud") != *"already exists"* ]] || made=no
        exit "$status"
    }
}

# open_tunnel: returns when it is closed. An instance that boots refuses for half a minute; an attempt takes seconds.
open_tunnel() {
    local try status began command=(gcloud compute ssh "$name" --project="$project" --zone="$zone" --tunnel-through-iap
        --quiet -- -N -L "127.0.0.1:$port:$gateway:443" -o ExitOnForwardFailure=yes -o ServerAliveInterval=30)
    if [[ $dry_run == yes ]]; then
        quote "${command[@]}"
        [[ -n $state || $keep == yes ]] || quote "${delete[@]}"
        return
    fi
    trap close_tunnel EXIT
    say "127.0.0.1:$port: leads to $gateway:443 as soon as $name answers; test --gateway $gateway asks; ^C ends it"
    for ((try = 1; try <= 20; try++)); do
        began=$SECONDS status=0
        # In a group of its own, so that ^C comes to this script alone, which then ends all of it: gcloud, ssh, proxy.
        set -m
        ("${command[@]}" </dev/null 2>&1 | LC_ALL=C sed -u 's/[^[:print:]]/ /g' | tee "$words_of_gcloud" >&2) &
        set +m
        tunnel=$!
        wait "$tunnel" || status=$?
        tunnel=''
        # What stood for a while is not a machine that boots.
        ((status != 0 && SECONDS - began < 30)) || break
        [[ $(<"$words_of_gcloud") != *@(ermission|4033|"not authorized")* ]] ||
            fail 77 "$name: refused, see above; it takes roles/iap.tunnelResourceAccessor and roles/compute.osLogin"
    done
    ((status == 0)) || give_up "$name" "$(<"$words_of_gcloud")"
}

# close_tunnel: the end, however it comes. No signal interrupts it: an instance costs money for as long as it is there.
close_tunnel() {
    trap '' INT TERM HUP
    [[ -z $tunnel ]] || kill -- "-$tunnel" 2>/dev/null || true
    if [[ $made == yes ]]; then
        say "$name: deleting it"
        "${delete[@]}" >/dev/null 2>"$words_of_gcloud" || means_absent "$(<"$words_of_gcloud")" ||
            quiet=no say "$name: may still be there: $(plain "$(head -n 1 "$words_of_gcloud")"); run stop"
    fi
    rm -rf "${scratch[@]}"
}

# test_tunnel: prints the status of the gateway's answer, whatever it is: an answer is what was to be seen.
test_tunnel() {
    [[ $path =~ ^/[!-~]*$ ]] || fail 64 "--path: not as /PATH: $path"
    require_tools curl
    ask GET "https://$gateway$path" < <(curl_option connect-to "$gateway:443:127.0.0.1:$port"; curl_option noproxy '*')
    print_line "$http"
}
