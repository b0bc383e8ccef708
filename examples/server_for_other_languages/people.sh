#!/usr/bin/env bash
# The mock from a shell: curl alone, and the AWS CLI where there is one.
#   python with_server.py bash people.sh
set -euo pipefail
: "${NEPTUNE_ENDPOINT:?the URL of the server, such as http://127.0.0.1:5000}"

# Requests of curl are not signed: Neptune's paths reach Neptune, all others S3.
get() { curl --silent --show-error --fail "$@"; }

get -X POST "$NEPTUNE_ENDPOINT/moto-api/reset" > /dev/null
get -X PUT "$NEPTUNE_ENDPOINT/people" > /dev/null
printf '~id,~label,name\nann,person,Ann\nbob,person,Bob\n' |
    get --upload-file - "$NEPTUNE_ENDPOINT/people/people.csv"

load_id=$(get -H 'Content-Type: application/json' "$NEPTUNE_ENDPOINT/loader" -d '
  {"source": "s3://people/", "format": "csv", "region": "us-east-1", "failOnError": "TRUE",
   "iamRoleArn": "arn:aws:iam::123456789012:role/load"}' |
    sed -n 's/.*"loadId" *: *"\([^"]*\)".*/\1/p')

for _ in 1 2 3 4 5; do
    status=$(get "$NEPTUNE_ENDPOINT/loader?loadId=$load_id" | grep -o 'LOAD_[A-Z_]*' | tail -1)
    [ "$status" = LOAD_COMPLETED ] && break
done
echo "load: $status"

get "$NEPTUNE_ENDPOINT/openCypher" --data-urlencode 'query=MATCH (p:person) RETURN count(p) AS n' |
    tr -d ' \n'
echo

if command -v aws > /dev/null; then
    aws neptunedata list-loader-jobs --query 'length(payload.loadIds)' --output text
fi
