#!/usr/bin/env bash
# Makes the service account by which Terraform manages an environment, and lets the caller act as it.
set -euo pipefail

usage() {
    cat <<'HELP'
Usage: bootstrap-terraform-sa.sh NAME --project P --state-bucket B [options]

Looks at the project, and makes what is missing: Terraform's service account, its
roles in the project and in its state bucket, and the caller's right to act as it.
No key is made. Again: changes nothing.

  --project P           the project of the environment
  --state-bucket B      the bucket of its state; the account reads and writes it
  --dev-state-bucket B  for prod: dev's bucket; the account reads it
  --also ROLE,...       more roles in the project, as roles/firebase.admin
  --service-account NAME  the account's name (default: terraform)
  --impersonator MEMBER who may act as it, as group:infra@example.com (default:
                        gcloud's account)
  --account EMAIL       go on only if gcloud works for this one
  --dry-run             print the commands that would change something
  --quiet               say only what is wrong
  --help                show this help
HELP
}

clone=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
# shellcheck source=scripts/lib/script.bash
. "$clone/scripts/lib/script.bash"
# shellcheck source=scripts/lib/cloud.bash
. "$clone/scripts/lib/cloud.bash"

# What Terraform makes in an environment, and nothing for what it does not: neither owner nor editor, which could read
# and change the rest of the project too.
roles=(
    roles/serviceusage.serviceUsageAdmin        # enables APIs
    roles/run.admin                             # the dispatcher and the other services, and who may call them
    roles/cloudfunctions.admin                  # those that are functions still
    roles/eventarc.admin                        # what triggers them
    roles/artifactregistry.admin                # where their images lie
    roles/pubsub.admin                          # topics, subscriptions, dead letters
    roles/bigquery.admin                        # dataset, tables, who may read them
    roles/storage.admin                         # the buckets of summaries and sources
    roles/secretmanager.admin                   # who may read the secret; the secret itself comes from deploy-secrets.sh
    roles/iam.serviceAccountAdmin               # the services' own accounts
    roles/iam.serviceAccountUser                # services that run as those
    roles/resourcemanager.projectIamAdmin       # the roles of those in the project
    roles/monitoring.editor                     # alerts and dashboards
    roles/logging.configWriter                  # metrics and sinks of logs
)

option=([project]='' [state-bucket]='' [dev-state-bucket]='' [also]='' [service-account]=terraform [impersonator]=''
    [account]='')
take_options "$@"
((${#operands[@]} == 1)) || fail 64 "one environment at a time, as: $script dev --project P --state-bucket B; see --help"
name=${operands[0]} project=${option[project]} bucket=${option[state-bucket]} dev=${option[dev-state-bucket]}
bucket_form='[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]'
require_form NAME "$name" '[a-z][a-z0-9-]*' "an environment's name"
require_form --project "$project" "$project_form" "a project's id"
require_form --state-bucket "$bucket" "$bucket_form" "a bucket's name"
require_form --dev-state-bucket "$dev" "($bucket_form)?" "a bucket's name"
[[ -z $dev || $dev != "$bucket" ]] || fail 64 "--dev-state-bucket: the same as --state-bucket: $dev"
require_form --also "${option[also]}" '(roles/[A-Za-z.]+(,roles/[A-Za-z.]+)*)?' "roles with commas between"
require_form --service-account "${option[service-account]}" "$account_form" "an account's name (6 to 30 of a-z, 0-9 and -)"
require_form --impersonator "${option[impersonator]}" "((user|group|serviceAccount):$email_form)?" \
    "user:, group: or serviceAccount: and an address"
IFS=, read -ra more <<<"${option[also]}"
require_tools gcloud jq curl

sign_in "${option[account]}"
require_project "$project"
look "gs://$bucket" gcloud storage buckets describe "gs://$bucket" --format='value(name)' ||
    fail 78 "gs://$bucket: does not exist; run gcloud storage buckets create gs://$bucket --project=$project" \
        "--uniform-bucket-level-access --public-access-prevention," \
        "then gcloud storage buckets update gs://$bucket --versioning"

# Accounts; the tokens of who acts as one; the roles that Terraform gives; the APIs that it enables itself.
enable_apis "$project" {iam,iamcredentials,cloudresourcemanager,serviceusage}.googleapis.com
make_account "${option[service-account]}" "$project" "Terraform for $name"
terraform=serviceAccount:$address
for role in "${roles[@]}" "${more[@]}"; do grant "$terraform" "$role" projects "$project"; done
# Objects alone: who may use the bucket is not for its user to say. (Its own project's buckets are, by the role above.)
grant "$terraform" roles/storage.objectAdmin "storage buckets" "gs://$bucket"
[[ -z $dev ]] || grant "$terraform" roles/storage.objectViewer "storage buckets" "gs://$dev"
[[ -n $dev || $name != prod ]] || say "no --dev-state-bucket: prod's Terraform reads nothing of dev's state"
if [[ $account == *.gserviceaccount.com ]]; then kind=serviceAccount; else kind=user; fi
grant "${option[impersonator]:-$kind:$account}" roles/iam.serviceAccountTokenCreator "iam service-accounts" "$address" \
    --project="$project"
say "to act as it: terraform with GOOGLE_IMPERSONATE_SERVICE_ACCOUNT=$address"
