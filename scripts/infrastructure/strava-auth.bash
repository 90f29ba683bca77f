# shellcheck shell=bash disable=SC2034   # content is for the caller
# What a strava_auth.json must be, and how two of them differ. To be sourced after script.bash.
# jq's own messages are dropped: they may quote what it read.

# read_secret FILE: goes on when it is one; its text goes to $content.
read_secret() {
    local where=$1 wrong
    if [[ $1 == - ]]; then
        [[ ! -t 0 ]] || fail 64 "stdin: a terminal; give a file, or pipe one in"
        where=stdin content=$(cat)
    else
        [[ -f $1 && -r $1 ]] || fail 78 "$1: no file that can be read; check its name"
        ((!(8#$(stat -L -c %a -- "$1") & 8#044))) ||
            say "$1: can be read by others on this machine; run chmod 600 $(printf %q "$1")"
        content=$(cat -- "$1") || fail 74 "$1: cannot be read"
    fi
    jq -es 'length == 1 and (.[0] | type) == "object"' <<<"$content" >/dev/null 2>&1 ||
        fail 78 "$where: not a JSON object; it has to be a strava_auth.json"
    # An id beyond 15 digits would be rounded; what is printed is the keys alone.
    wrong=$(jq -r '
        def id: (type == "number" and . == floor and . > 0 and . < 1e15)
            or (type == "string" and test("^[1-9][0-9]{0,14}\\z"));
        def word: type == "string" and test("^[!-~]+\\z");
        [(("client_id", "webhook_subscription_id") as $key | select(.[$key] | id | not) | "\($key) is no id"),
         (("client_secret", "webhook_verify_token") as $key | select(.[$key] | word | not)
            | "\($key) is no text without blanks"),
         (keys[] | select(test("^[A-Za-z0-9_.-]{1,64}\\z") | not) | "a key is no word")]
        | join(", ")' <<<"$content" 2>/dev/null) || fail 78 "$where: cannot be checked; it has to be a strava_auth.json"
    [[ -z $wrong ]] || fail 78 "$where: $wrong; see the application at https://www.strava.com/settings/api"
    # Two that differ would be the same to jq.
    jq -e 'all(.. | numbers; fabs < 9007199254740992)' <<<"$content" >/dev/null ||
        fail 78 "$where: a number of 2^53 or more, which jq would round; write it as a text"
    wrong=$(jq -r 'keys - ["client_id", "client_secret", "webhook_subscription_id", "webhook_verify_token"] | join(", ")' \
        <<<"$content")
    mapfile -t -O "${#hidden[@]}" hidden < <(jq -r '.client_secret, .webhook_verify_token' <<<"$content")
    [[ -z $wrong ]] || say "$where: not known, but deployed with the rest: $wrong"
}

# same_secret A B: the same keys with the same values, in whatever order.
same_secret() { [[ $(jq -cS . <<<"$1" 2>/dev/null) == "$(jq -cS . <<<"$2")" ]]; }

# show_differences A B: a line for each key, with hashes for the values. A may be empty, or no JSON.
show_differences() {
    local key text before after
    while read -r key; do
        before=$(hash_of "$key" "$1") after=$(hash_of "$key" "$2")
        if [[ $before == "$after" ]]; then after=unchanged; else after="${before:-absent} -> ${after:-absent}"; fi
        printf '  %s: %s\n' "$key" "$after"
    done < <(
        for text in "$@"; do
            jq -r 'keys[] | select(test("^[A-Za-z0-9_.-]{1,64}\\z"))' <<<"$text" 2>/dev/null || true
        done | sort -u
    )
}

# hash_of KEY JSON: as `printf %s VALUE | sha256sum` has it; what is no text is called by its kind.
hash_of() {
    local kind
    kind=$(jq -r --arg key "$1" 'select(has($key)) | .[$key] | type' <<<"$2" 2>/dev/null) || return 0
    [[ -n $kind ]] || return 0
    printf '%s%s' "$(jq -j --arg key "$1" '.[$key]' <<<"$2" | sha256sum | cut -c 1-8)" "${kind/#/ }" | sed 's/ string$//'
}
