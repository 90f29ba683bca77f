#!/usr/bin/env bash
# Puts a strava_auth.json into Secret Manager, as a new version of an environment's secret.
# Its values go from file to variable to stdin: never into an argument, a file or a message.
set -euo pipefail

usage() {
    cat <<'HELP'
Usage: deploy-secrets.sh NAME --project P FILE|- [options]

Checks a strava_auth.json, shows by key what differs from the latest version of
the environment's secret, asks, and adds a version. Equal: nothing is added.

  --project P          the project of the environment
  --secret S           the secret (default: strava-auth); made if it is missing
  --disable-previous   disable the versions before, which could still be used
  --account EMAIL      go on only if gcloud works for this one
  --yes                do not ask
  --dry-run            print the commands that would change something
  --quiet              say only what is wrong
  --help               show this help

Values are shown as the first 8 digits of their SHA-256.
HELP
}

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
clone=$(cd "$here/../.." && pwd)
# shellcheck source=scripts/lib/script.bash
. "$clone/scripts/lib/script.bash"
# shellcheck source=scripts/lib/cloud.bash
. "$clone/scripts/lib/cloud.bash"
# shellcheck source=scripts/infrastructure/strava-auth.bash
. "$here/strava-auth.bash"

option=([project]='' [secret]=strava-auth [account]='') flag=([disable-previous]=no)
take_options "$@"
((${#operands[@]} == 2)) || fail 64 "an environment and a file, as: $script dev --project P strava_auth.json; see --help"
name=${operands[0]} file=${operands[1]} project=${option[project]} secret=${option[secret]}
require_form NAME "$name" '[a-z][a-z0-9-]*' "an environment's name"
require_form --project "$project" "$project_form" "a project's id"
require_form --secret "$secret" '[A-Za-z0-9_-]{1,255}' "a secret's name"
require_tools gcloud jq curl
read_secret "$file"

sign_in "${option[account]}"
require_project "$project"
enabled=() latest='' deployed='' exists=no
if look "secret $secret" gcloud secrets describe "$secret" --project="$project" --format='value(name)'; then
    exists=yes
    look "secret $secret" gcloud secrets versions list "$secret" --project="$project" --sort-by='~createTime' \
        --format='value(name.basename(),state)' || true
    # Who reads the secret gets the latest version, and nothing if that one is disabled.
    latest=$(head -n 1 <<<"$answer")
    mapfile -t enabled < <(sed -nE 's/^([0-9]+)\t(enabled|ENABLED)$/\1/p' <<<"$answer")
fi
if [[ ${latest,,} == *enabled ]]; then
    look "secret $secret" gcloud secrets versions access "${enabled[0]}" --secret="$secret" --project="$project" || answer=
    deployed=$answer
fi
if same_secret "$deployed" "$content"; then
    say "secret $secret of $project: version ${enabled[0]}: unchanged"
    enabled=("${enabled[@]:1}")
else
    say "secret $secret of $project: ${latest:+from version ${latest%%[!0-9]*} }to a new one:"
    [[ $quiet == yes ]] || show_differences "$deployed" "$content" >&2
    [[ $dry_run == yes ]] || confirm "Deploy this to $name? Type its name:" "$name"
    [[ $exists == yes ]] ||
        change "secret $secret" made gcloud secrets create "$secret" --project="$project" --replication-policy=automatic
    # What is read here was checked: between the check and now the file may have changed. A dry run prints its name.
    data=-
    [[ $dry_run == no ]] || data=$file
    change "secret $secret: a version" added gcloud secrets versions add "$secret" --project="$project" --data-file="$data" \
        < <(printf '%s\n' "$content")
    [[ $dry_run == yes ]] ||
        say "who has read it already keeps what it read: a new revision of the dispatcher reads it again"
fi
[[ ${flag[disable-previous]} == yes ]] || enabled=()
for version in "${enabled[@]}"; do
    change "secret $secret: version $version" disabled \
        gcloud secrets versions disable "$version" --secret="$secret" --project="$project"
done
