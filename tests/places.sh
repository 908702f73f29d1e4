#!/usr/bin/env bash
# That files which other services read have the form that these want: workflows, the action, recipes in docs/. The schemas
# are those of SchemaStore, which check-jsonschema carries; nothing is fetched.
#
# A comment `<!-- check: SCHEMA -->` above a block of YAML in docs/ names the schema.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=.ci/tools.sh
source .ci/tools.sh
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

check() {
    local schema="$1" said
    shift
    if [ "$schema" = pre-commit-config ]; then
        pre-commit validate-config "$@"
    else
        said="$(check-jsonschema --builtin-schema "vendor.$schema" "$@" 2>&1)" || { echo "$said" >&2; return 1; }
    fi
}

echo "== workflows and the action"
check github-workflows .github/workflows/*.yml
check github-actions action.yml
check dependabot .github/dependabot.yml
pre-commit validate-manifest .pre-commit-hooks.yaml
# What is wrong with workflows beyond their form: permissions, credentials, templates in scripts.
zizmor --offline --no-progress --quiet --config .github/zizmor.yml .

echo "== recipes in docs/"
awk -v folder="$scratch" '
    /^<!-- check: .* -->$/ { schema = $3; next }
    /^```yaml$/ && schema  { count++; file = folder "/" schema "." count ".yml"; next }
    /^```$/                { file = ""; schema = ""; next }
    file                   { print > file }
' docs/*.md README.md
count=0
for file in "$scratch"/*.yml; do
    schema="$(basename "$file" | cut -d. -f1)"
    check "$schema" "$file"
    count=$((count + 1))
done
if [ "$count" -lt 7 ]; then
    echo "only $count recipes were found" >&2
    exit 1
fi
# Recipes name the version that they stand beside.
version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"
if grep -rnE 'connlint@v|connlint==|rev: v|connlint:[0-9]' docs/*.md README.md pyproject.toml | grep -vF "$version"; then
    echo "these are not of version $version" >&2
    exit 1
fi

echo "$count recipes are well-formed"
