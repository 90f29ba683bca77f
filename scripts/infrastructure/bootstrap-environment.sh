#!/usr/bin/env bash
# Makes in a Google Cloud project what the backfill of an environment needs there, and the environment's file.
set -euo pipefail

usage() {
    cat <<'HELP'
Usage: bootstrap-environment.sh NAME --project P [options]

Looks at the project, and makes what is missing: APIs, dataset and tables, the
backfill's service account and its roles, NAME.env. Again: changes nothing.

  --project P              the project of the environment
  --location L             where its dataset is to lie (default: US)
  --dataset D              the dataset (default: desirelines)
  --schema full|minimal    the columns of the table activities (default: full)
  --source-table P.D.T     the old table; its dataset is opened to the account
  --billing-project P      who pays for the queries (default: --project)
  --dispatcher-url URL     the webhook that events are sent to
  --dead-letter-subscription S  a Pub/Sub subscription, to be seen by the account
  --service-account NAME   the account's name (default: backfill)
  --emulator URL           an emulator instead of BigQuery, in NAME.env too
  --account EMAIL          go on only if gcloud works for this one
  --environments DIR       where NAME.env goes (default: $BACKFILL_ENVIRONMENTS,
                           else environments of this clone)
  --yes                    overwrite a NAME.env that has other values
  --dry-run                print the commands that would change something
  --quiet                  say only what is wrong
  --help                   show this help
HELP
}

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
clone=$(cd "$here/../.." && pwd)
# shellcheck source=scripts/lib/script.bash
. "$clone/scripts/lib/script.bash"
# shellcheck source=scripts/lib/http.bash
. "$clone/scripts/lib/http.bash"
# shellcheck source=scripts/lib/cloud.bash
. "$clone/scripts/lib/cloud.bash"
# shellcheck source=scripts/infrastructure/bigquery.bash
. "$here/bigquery.bash"
# shellcheck source=scripts/infrastructure/environment-file.bash
. "$here/environment-file.bash"

option=([project]='' [location]=US [dataset]=desirelines [schema]=full [source-table]='' [billing-project]=''
    [dispatcher-url]='' [dead-letter-subscription]='' [service-account]=backfill [account]='' [emulator]=''
    [environments]=${BACKFILL_ENVIRONMENTS:-$clone/environments})
take_options "$@"
((${#operands[@]} == 1)) || fail 64 "one environment at a time, as: $script dev --project P; see --help"
name=${operands[0]} project=${option[project]} dataset=${option[dataset]} location=${option[location]}
payer=${option[billing-project]:-$project} source=${option[source-table]} subscription=${option[dead-letter-subscription]}
require_form NAME "$name" '[a-z][a-z0-9-]*' "an environment's name"
require_form --project "$project" "$project_form" "a project's id"
require_form --billing-project "$payer" "$project_form" "a project's id"
require_form --dataset "$dataset" "$dataset_form" "a dataset's name"
require_form --location "$location" '[A-Za-z0-9-]+' "a location"
require_form --schema "${option[schema]}" 'full|minimal' "full or minimal"
require_form --source-table "$source" "($project_form\.$dataset_form\.[A-Za-z0-9_-]+)?" "project.dataset.table"
require_form --dead-letter-subscription "$subscription" '([A-Za-z][A-Za-z0-9._~+%-]{2,254})?' "a subscription's name"
require_form --service-account "${option[service-account]}" "$account_form" "an account's name (6 to 30 of a-z, 0-9 and -)"
[[ -z ${option[dispatcher-url]} ]] || require_url --dispatcher-url "${option[dispatcher-url]}"
place_bigquery "${option[emulator]}"

sign_in "${option[account]}"
require_project "$project"
[[ $payer == "$project" ]] || require_project "$payer"
# Tables and queries; the service account; its tokens, which the filters get by impersonation; the dispatcher's secret.
# Who deploys the dispatcher, or the backfill as a job, enables what that takes.
enable_apis "$project" {bigquery,iam,iamcredentials,secretmanager}.googleapis.com ${subscription:+pubsub.googleapis.com}
[[ $payer == "$project" ]] || enable_apis "$payer" bigquery.googleapis.com
# First, so that it is known everywhere by the time that it is given roles.
make_account "${option[service-account]}" "$project" "Backfill of activities"

find_bigquery
make_dataset "$project" "$dataset" "$location"
schemas=$clone/schemas
make_table "$project" "$dataset" activities "$schemas/activities_${option[schema]}.json" start_date sport_type,start_date
make_table "$project" "$dataset" deleted_activities "$schemas/deleted_activities.json" deleted_at deleted_at,start_date

# What its filters do, and no more: run queries, read both tables, count what the dispatcher could not handle.
grant "serviceAccount:$address" roles/bigquery.jobUser projects "$payer"
share_dataset "$project" "$dataset" "$address"
if [[ -n $source ]]; then
    IFS=. read -r old_project old_dataset _ <<<"$source"
    share_dataset "$old_project" "$old_dataset" "$address"
fi
[[ -z $subscription ]] ||
    grant "serviceAccount:$address" roles/pubsub.viewer "pubsub subscriptions" "$subscription" --project="$project"

write_environment "$name" BACKFILL_SOURCE_TABLE="$source" BACKFILL_TARGET_TABLE="$project.$dataset.activities" \
    BACKFILL_EXCLUDE_TABLE="$project.$dataset.deleted_activities" BACKFILL_BILLING_PROJECT="$payer" \
    BACKFILL_LOCATION="$location" BACKFILL_DISPATCHER_URL="${option[dispatcher-url]}" \
    BIGQUERY_EMULATOR_HOST="$emulator"
