#!/usr/bin/env bash
# Runs connlint as the inputs of action.yml say. The report for people and the annotations go to the log by themselves.
#
# In: CONNLINT_PATHS, CONNLINT_ARGS (words), CONNLINT_CHANGED_ONLY, CONNLINT_FAIL, GITHUB_BASE_REF, RUNNER_TEMP.
# Out: `sarif-file` and `exit-code` in GITHUB_OUTPUT; the exit code.
set -euo pipefail

# Line breaks separate, too.
read -r -d '' -a words <<<"$CONNLINT_PATHS $CONNLINT_ARGS" || true
arguments=(check ${words[@]+"${words[@]}"})
# Of a push there is nothing to compare with: the whole report it is.
if [ "$CONNLINT_CHANGED_ONLY" = true ] && [ -n "${GITHUB_BASE_REF:-}" ]; then
    arguments+=(--since "origin/$GITHUB_BASE_REF")
fi
sarif="$RUNNER_TEMP/connlint.sarif"
rm -f "$sarif"

code=0
connlint "${arguments[@]}" --output "sarif=$sarif" --color always || code=$?

echo "exit-code=$code" >>"$GITHUB_OUTPUT"
if [ -f "$sarif" ]; then echo "sarif-file=$sarif" >>"$GITHUB_OUTPUT"; fi
# Findings may be let pass; a run that failed never is.
if [ "$code" = 1 ] && [ "$CONNLINT_FAIL" != true ]; then code=0; fi
exit "$code"
