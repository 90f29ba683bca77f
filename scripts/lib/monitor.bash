# shellcheck shell=bash disable=SC2154,SC2034   # the options are the caller's, verdict is for it
# For monitor: which activities it is about, and what Google knows of them. After script, cloud, http and state.bash.

# 1 when something is not where it should be.
verdict=0
text=$clone/scripts/lib/numbers-as-text.awk

# miss WORD...: names what is missing, with --quiet too.
miss() {
    quiet=no say "$@"
    verdict=1
}

# find_project: $project, of an option or of the environment's table.
find_project() {
    local table
    if [[ -n $environment ]]; then
        [[ -z $project ]] || fail 64 "both --target-env and --project; give one"
        [[ $environment =~ ^[a-z][a-z0-9-]*$ ]] || fail 64 "--target-env: not a name: $environment; as prod or dev"
        environment_file "$environment" >/dev/null || fail 78 "$environment.env: not found; give --project"
        table=$(setting "$environment" BACKFILL_TARGET_TABLE)
        project=${table%.*.*}
        [[ -n $project ]] || fail 78 "$environment.env: BACKFILL_TARGET_TABLE: missing; give --project"
    fi
    [[ $project =~ ^[a-z0-9.:-]+$ ]] || fail 64 "--target-env or --project is missing, or no project's id: $project"
}

# read_records: $records, a file with the columns of records.jq for each line of stdin.
read_records() {
    local folder line word='^[[:blank:]]*([A-Za-z0-9-]+)[[:blank:]\r]*$'
    folder=$(mktemp -d "${TMPDIR:-/tmp}/monitor.XXXXXX") || fail 74 "${TMPDIR:-/tmp}: cannot be written; set TMPDIR"
    scratch+=("$folder")
    records=$folder/records found=$folder/found entries=$folder/entries
    sed -E "/[^0-9[:space:]]/! s/$word/{\"id\":\1}/; s/$word/{\"correlation_id\":\"\1\"}/" | awk -f "$text" |
        jq -Rr -f "$clone/scripts/lib/records.jq" >"$records" || fail 74 "stdin: cannot be read"
    while IFS= read -r line; do miss "stdin:$line: no id"; done < <(
        awk -F '\t' '$2 == "" && $3 == "" { print $1 }' "$records")
}

# show_logs: entries with the ids, oldest first; a record is missing when neither of its ids is in any.
show_logs() {
    local id list='' types='"cloud_run_revision" OR "cloud_run_job" OR "cloud_function"'
    : >"$entries"
    while IFS= read -r id; do
        # Google takes 20,000 characters, some of which are around the list, and gcloud adds a time.
        if ((${#list} + ${#id} > 19500)); then read_logs; list=''; fi
        list+="${list:+ OR }\"$id\""
    done < <(cut -f 2,3 "$records" | tr '\t' '\n' | sed '/^$/d' | sort -u)
    [[ -z $list ]] || read_logs
    [[ $dry_run == no ]] || return 0
    awk -f "$text" "$entries" | jq -cn --rawfile wanted "$records" -f "$clone/scripts/lib/log-entries.jq" >"$found" ||
        fail 75 "gcloud: not an answer of Cloud Logging; run the same command again"
    # The id is a number again. Within a string there would be a backslash before the quote.
    jq -c 'del(.ids)' "$found" | sed -E 's/"activity_id":"([0-9]+)"/"activity_id":\1/' ||
        fail 74 "stdout: cannot be written"
    while IFS= read -r line; do miss "$line: no log entry"; done < <(jq -r '.ids[]' "$found" | awk -F '\t' '
        FILENAME == "-" { seen[$1]; next }
        $2 $3 != "" && !($2 in seen) && !($3 in seen) { print "stdin:" $1 ": " $2 ($2 != "" && $3 != "" ? ", " : "") $3 }
        ' - "$records")
}

# read_logs: the entries with one of the ids in $list.
read_logs() {
    local filter="resource.type=($types) AND ${field:+$field=}($list)"
    local command=(gcloud logging read "$filter" --project="$project" --freshness="$since" --format=json)
    if [[ $dry_run == yes ]]; then quote "${command[@]}"; return; fi
    look "logs of $project" "${command[@]}" </dev/null || fail 78 "project $project: does not exist; check --project"
    printf '%s\n' "$answer" >>"$entries" || fail 74 "$entries: cannot be written; set TMPDIR"
}

# show_dead_letters: the newest sample. gcloud has no command for time series, so the API is asked with gcloud's token.
show_dead_letters() {
    local base=${CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING:-https://monitoring.googleapis.com} url token sample filter
    filter='metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages"'
    filter+=" AND resource.labels.subscription_id=\"$subscription\""
    require_url CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING "$base"
    url=${base%/}/v3/projects/$project/timeSeries
    if [[ $dry_run == yes ]]; then printf 'GET %s filter=%s\n' "$url" "$filter"; return; fi
    look "$subscription" gcloud pubsub subscriptions describe "$subscription" --project="$project" --format='value(name)' ||
        fail 78 "$subscription: does not exist in $project; check --subscription"
    look gcloud gcloud auth print-access-token || fail 77 "gcloud: no token; run gcloud auth login"
    token=$answer
    hidden+=("$token")
    # A sample a minute, which is four minutes late.
    ask GET "$url" < <(echo get; curl_option header "Authorization: Bearer $token"
        curl_option data-urlencode "filter=$filter"
        curl_option data-urlencode "interval.startTime=$(date -u -d '10 minutes ago' +%FT%TZ)"
        curl_option data-urlencode "interval.endTime=$(date -u +%FT%TZ)")
    require_answer "$url" "that ${account:-the account} has roles/monitoring.viewer in $project"
    # int64Value is a string, as 64 bits are in Google's JSON.
    sample=$(jq -r '.timeSeries[0].points[0] | "\(.interval.endTime) \(.value.int64Value)"' <<<"$answer" 2>/dev/null) || true
    [[ $sample =~ ^([0-9TZ:.-]+)\ ([0-9]+)$ ]] ||
        fail 75 "$subscription: no sample of the last 10 minutes; run the same command again later"
    sample=${BASH_REMATCH[2]}
    printf '{"subscription":"%s","time":"%s","undelivered":%s}\n' "$subscription" "${BASH_REMATCH[1]}" "$sample" ||
        fail 74 "stdout: cannot be written"
    [[ $sample == 0 ]] || miss "$subscription: $sample undelivered; gcloud pubsub subscriptions pull $subscription shows some"
}

# show_summaries: which of the objects that the pattern gives for the activities' days are there.
show_summaries() {
    local line day athlete object known there
    while IFS= read -r line; do miss "stdin:$line: no start date, and so no day"; done < <(
        awk -F '\t' '$2 $3 != "" && $4 == "" { print $1 }' "$records")
    [[ $pattern != *%a* ]] || while IFS= read -r line; do miss "stdin:$line: no athlete"; done < <(
        awk -F '\t' '$4 != "" && $5 == "" { print $1 }' "$records")
    # Tabs in a row would be one for read.
    while IFS='|' read -r day athlete; do
        object=${pattern//%Y/${day:0:4}}
        object=${object//%m/${day:5:2}}
        object=${object//%d/${day:8:2}}
        printf '%s\n' "${object//%a/$athlete}"
    done < <(awk -F '\t' -v pattern="$pattern" '$4 != "" && ($5 != "" || pattern !~ /%a/) { print $4 "|" $5 }' "$records") | sort -u >"$entries"
    # One list of all: gcloud ends at the first that is not there, of those that it is asked for.
    known=${pattern%%%*}
    known="${known%/*}/**"
    if [[ $dry_run == yes ]]; then quote gcloud storage ls "$known"; cat "$entries"; return; fi
    gcloud storage ls "$known" >"$found" 2>"$words_of_gcloud" || [[ $(<"$words_of_gcloud") == *"matched no objects"* ]] ||
        give_up "$known" "$(<"$words_of_gcloud")"
    while IFS= read -r object; do
        there=true
        grep -qxF -e "$object" "$found" || { there=false; miss "$object: not there"; }
        jq -nc --arg summary "$object" "{\$summary, exists: $there}" || fail 74 "stdout: cannot be written"
    done <"$entries"
}
