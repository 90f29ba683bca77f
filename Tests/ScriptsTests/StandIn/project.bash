# shellcheck shell=bash disable=SC2154   # input: what the stand-in read from stdin
# Answers for the stand-in for gcloud: a Google Cloud project that is new, and in which what is made is found afterwards.
# Its folder is the project: exists.NAME stands for a bucket or subscription, policy.NAME and secret.NAME say themselves.

absent() { echo "ERROR: (gcloud.$1.$2) NOT_FOUND: $3" >&2; return 1; }
flag() { local word; for word in "${@:2}"; do [[ $word != "--$1="* ]] || echo "${word#*=}"; done; }
# The resource of a policy: the word after the verb, or after another.
after() { local word last=; for word in "${@:2}"; do [[ $last != *"$1" ]] || { echo "${word//\//_}"; return; }; last=$word; done; }

case "$*" in
    'auth list '*) echo owner@example.com ;;
    'auth print-access-token') echo ya29.a-token-of-the-stand-in ;;
    'projects describe '*) echo ACTIVE ;;
    'billing projects describe '*) echo True ;;
    'services list '*) cat "apis.$(flag project "$@")" 2>/dev/null || true ;;
    'services enable '*) printf '%s\n' "$@" | grep -F .googleapis.com >>"apis.$(flag project "$@")" ;;
    'iam service-accounts describe '*) [[ -e exists.$4 ]] || absent "$1" "$2" 'Unknown service account' ;;
    'iam service-accounts create '*) touch "exists.$4@$(flag project "$@").iam.gserviceaccount.com" ;;
    *' get-iam-policy '*)
        resource=$(after get-iam-policy "$@")
        [[ $1 == projects || -e exists.$resource ]] || { absent "$1" "$2" "Resource not found (resource=$resource)"; return 1; }
        if [[ -e policy.$resource ]]; then cat "policy.$resource"; else echo '{"etag": "ACAB", "version": 1}'; fi
        ;;
    *' add-iam-policy-binding '*)
        resource=$(after add-iam-policy-binding "$@")
        policy=$(jq -n --arg role "$(flag role "$@")" --arg member "$(flag member "$@")" \
            '(input? // {}) | .bindings += [{$role, members: [$member]}]' "$(ls "policy.$resource" 2>/dev/null || echo /dev/null)")
        echo "$policy" >"policy.$resource"
        cat "policy.$resource"
        ;;
    'storage buckets describe '*) [[ -e exists.${4//\//_} ]] || { echo "ERROR: (gcloud.storage.buckets.describe) $4 not found: 404." >&2; return 1; } ;;
    'secrets describe '*) [[ -d secret.$3 ]] || absent "$1" "$2" "Secret [projects/1/secrets/$3] not found." ;;
    'secrets create '*) mkdir "secret.$3" ;;
    'secrets versions list '*)
        for ((version = $(find "secret.$4" -name '*.data' | wc -l); version > 0; version--)); do
            printf '%s\t%s\n' "$version" "$(cat "secret.$4/$version.state")"
        done
        ;;
    'secrets versions access '*) cat "secret.$(flag secret "$@")/$4.data" ;;
    'secrets versions add '*)
        version=$(($(find "secret.$4" -name '*.data' | wc -l) + 1))
        jq -j . <<<"$input" >"secret.$4/$version.data"
        echo ENABLED >"secret.$4/$version.state"
        ;;
    'secrets versions disable '*) echo DISABLED >"secret.$(flag secret "$@")/$4.state" ;;
    *) echo "ERROR: (gcloud) Invalid choice: '$*'." >&2; return 2 ;;
esac
