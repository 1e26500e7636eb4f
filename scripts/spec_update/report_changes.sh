#!/usr/bin/env bash
# report_changes.sh NAME URL --check|--live: open an issue if a published document differs from this
# repository. Each version of it gets one issue: its digest is in the title, so that a closed issue
# stays closed. Fails, without an issue, if the document cannot be fetched or read.
set -euo pipefail
name=$1 url=$2 option=$3

candidate=$(mktemp)
curl --fail --silent --show-error --location --retry 3 --output "$candidate" "$url"
if cmp --silent "$candidate" openapi.yaml; then
    echo "$name equals openapi.yaml"
    exit
fi

report=$(nox -s update_spec -- "$candidate" "$option") && differs= || differs=1
echo "$report"
if grep --quiet --extended-regexp '^(Refused|Failed): ' <<<"$report" || [ -z "$report" ]; then
    exit 1
fi
if [ "$option" = --live ] && [ -z "$differs" ]; then
    exit
fi

title="$name has changed: sha256 $(sha256sum "$candidate" | cut -c1-12)"
if [ "$(gh issue list --state all --search "\"$title\" in:title" --json number --jq length)" = 0 ]; then
    {
        echo "\`nox -s update_spec -- $url $option\` says:"
        printf '\n```text\n%s\n```\n\n' "$report"
        echo "What to do: docs/spec-changes.md."
    } | gh issue create --title "$title" --body-file -
fi
