# shellcheck shell=bash disable=SC2154   # http, answer, dry_run, announced: of http.bash and cloud.bash
# How an environment gets its datasets and tables: by BigQuery's REST API, since gcloud has no commands for them.
# To be sourced after script.bash, http.bash and cloud.bash.
#
# --emulator puts an emulator in BigQuery's place, and no variable does: one that was exported for another purpose would
# part an environment's tables from its accounts. CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY is gcloud's own name for
# another endpoint of the same service. Only the emulator is asked without credentials.

# For a printed command: the token goes from one program to the other, past the arguments that everybody can read.
# shellcheck disable=SC2016   # expanded by the shell that it is given to
bearer=' -H @<(printf "Authorization: Bearer %s" "$(gcloud auth print-access-token)")'

# place_bigquery EMULATOR: where it is, which is said before anything is asked.
place_bigquery() {
    emulator=$1 bigquery=${CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY:-https://bigquery.googleapis.com}
    if [[ -n $emulator ]]; then
        # It gets no token, and so it may be anywhere.
        require_form --emulator "$emulator" 'https?://[][A-Za-z0-9.:/_-]+' "an emulator's URL"
        bigquery=$emulator bearer=
        say "BigQuery: the emulator at $emulator"
    else
        require_url CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY "$bigquery"
        ! is_here "$bigquery" || bearer+=" --noproxy '*'"
        [[ -z ${CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY:-} ]] || say "BigQuery: at $bigquery"
        [[ -z ${BIGQUERY_EMULATOR_HOST:-} ]] || say "BIGQUERY_EMULATOR_HOST: not looked at; --emulator URL is"
    fi
    bigquery=${bigquery%/}
    bigquery=${bigquery%/bigquery/v2}/bigquery/v2/projects
}

# find_bigquery: the token for it.
find_bigquery() {
    token=
    [[ -z $emulator ]] || return 0
    look "access token" gcloud auth print-access-token ||
        fail 77 "gcloud: no access token for $account; run gcloud auth login"
    token=$answer hidden+=("$token")
}

# look_bigquery WHERE PATH: leaves what is there in $answer; returns 1 when nothing is.
look_bigquery() {
    ask GET "$bigquery/$2" < <(authorize)
    [[ $http != 2?? ]] || return 0
    local words
    words=$(words_of_bigquery)
    answer={}
    [[ $http == 404 ]] || means_absent "$words" || give_up "$1" "$words"
    return 1
}

# change_bigquery WHAT DONE METHOD PATH JQ...: sends what `jq JQ...` makes, of what was looked at; by PATCH only if that is
# still so.
change_bigquery() {
    local what=$1 now=$2 method=$3 url=$bigquery/$4 body etag=
    shift 4
    if [[ $dry_run == yes ]]; then
        [[ $method == POST ]] || printf 'curl -fsS%s %s | ' "$bearer" "$(quote "$url")"
        printf '%s | curl -fsS -o /dev/null -X %s%s -H "Content-Type: application/json" -d @- %s\n' \
            "$(quote jq -c "$@")" "$method" "$bearer" "$(quote "$url")"
        say "$what: to be $now"
        return
    fi
    body=$(jq -c "$@" <<<"$answer")
    [[ $method == POST ]] || etag=$(jq -r '.etag // empty' <<<"$answer")
    ask "$method" "$url" < <(
        authorize
        curl_option header 'Content-Type: application/json'
        [[ -z $etag ]] || curl_option header "If-Match: $etag"
        curl_option data "$body"
    )
    [[ $http == 2?? ]] || give_up "$what" "$(words_of_bigquery)"
    say "$what: $now"
}

authorize() { [[ -z $token ]] || curl_option header "Authorization: Bearer $token"; }
words_of_bigquery() {
    jq -rn --arg http "$http" 'input.error | "HTTP \($http): \(.message) (\(.errors[0].reason?))"' <<<"$answer" 2>/dev/null ||
        printf 'HTTP %s: %s\n' "$http" "$(excerpt)"
}

# make_dataset PROJECT DATASET LOCATION
make_dataset() {
    if look_bigquery "dataset $1.$2" "$1/datasets/$2"; then
        answer=$(plain "$(jq -r .location <<<"$answer")")
        [[ ${answer^^} == "${3^^}" ]] ||
            fail 78 "dataset $1.$2: in $answer, not in $3, for good; give --location $answer, or another --dataset"
        say "dataset $1.$2: unchanged"
    else
        announced+=("$1.$2")
        change_bigquery "dataset $1.$2" made POST "$1/datasets" -n \
            "{datasetReference: {projectId: \"$1\", datasetId: \"$2\"}, location: \"$3\"}"
    fi
}

# make_table PROJECT DATASET TABLE SCHEMA DAY CLUSTERS: SCHEMA is a file, DAY the column of the partitions.
make_table() {
    local table=$1.$2.$3 fields=. lacks
    # The emulator makes no table with a nested column of this name; its sample data have the other one too.
    [[ -z $emulator ]] ||
        fields='walk(if type == "object" and .name == "primary" then .name = "primary_" else . end)'
    if ! look_bigquery "table $table" "$1/datasets/$2/tables/$3"; then
        change_bigquery "table $table" made POST "$1/datasets/$2/tables" "$(printf '%s' \
            "{tableReference: {projectId: \"$1\", datasetId: \"$2\", tableId: \"$3\"}, schema: {fields: $fields}, " \
            "timePartitioning: {type: \"DAY\", field: \"$5\"}, clustering: {fields: (\"$6\" / \",\")}}")" "$4"
        return
    fi
    # shellcheck disable=SC2016   # jq's own variables
    lacks=$(jq -r --slurpfile wanted "$4" '
        def columns($in): .[] | "\($in)\(.name)" as $name
            | "\($name) \({INT64: "INTEGER", FLOAT64: "FLOAT", BOOL: "BOOLEAN", STRUCT: "RECORD"}[.type] // .type)"
              + (if .mode == "REPEATED" then ", repeated" else "" end),
              (.fields // [] | columns("\($name)."));
        [$wanted[0] | '"$fields"' | columns("")] - [.schema.fields // [] | columns("")]
        | .[:5][], (if length > 5 then "\(length - 5) more" else empty end)' <<<"$answer" | paste -sd '|' | sed 's/|/; /g')
    [[ -z $lacks ]] ||
        fail 78 "table $table: lacks: $lacks (schema: ${4##*/}); add them, or give another --dataset or --schema"
    jq -e --arg day "$5" '.timePartitioning | .type == "DAY" and .field == $day' <<<"$answer" >/dev/null ||
        say "table $table: not partitioned by the day of $5, and left so: a query reads all of it, whatever its dates"
    say "table $table: unchanged"
}

# share_dataset PROJECT DATASET ADDRESS: lets a service account read what is in it. READER is how a dataset's list of access
# calls roles/bigquery.dataViewer. The dataset and not its tables: a table that is made anew would be shared no longer.
share_dataset() {
    local what="READER on dataset $1.$2 for $3" path="$1/datasets/$2?accessPolicyVersion=3"
    look_bigquery "dataset $1.$2" "$path" ||
        [[ " ${announced[*]} " == *" $1.$2 "* ]] || fail 78 "dataset $1.$2: does not exist; check its name"
    if jq -e --arg address "$3" 'any(.access[]?; .userByEmail == $address and .role == "READER" and .condition == null)' \
        <<<"$answer" >/dev/null; then
        say "$what: unchanged"
        return
    fi
    # The list is replaced as a whole: one that was not shown would be lost. A new dataset of the emulator has none.
    jq -e '.access or . == {}' <<<"$answer" >/dev/null || [[ -n $emulator ]] ||
        fail 77 "dataset $1.$2: $account may not see who has access; be its owner (roles/bigquery.dataOwner)"
    change_bigquery "$what" granted PATCH "$path" "{access: ((.access // []) + [{role: \"READER\", userByEmail: \"$3\"}])}"
}
