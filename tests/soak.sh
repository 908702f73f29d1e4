#!/usr/bin/env bash
# Soak: connlint over every package in the sources of the local cargo registry. Each must be done without a panic, a crash or a
# time-out. Prints a line for each that is not, then the sums.
#
# CONNLINT_PROFILE is the profile of cargo to build with (release), CONNLINT_SOAK the folder of the packages, CONNLINT_SOAK_LIMIT
# the seconds that each may take (60).
set -euo pipefail
cd "$(dirname "$0")/.."

profile="${CONNLINT_PROFILE:-release}"
sources="${CONNLINT_SOAK:-${CARGO_HOME:-$HOME/.cargo}/registry/src}"
limit="${CONNLINT_SOAK_LIMIT:-60}"

cargo build --quiet --locked --profile "$profile"
folder="$profile"
[ "$profile" = dev ] && folder=debug
connlint="$PWD/${CARGO_TARGET_DIR:-target}/$folder/connlint"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

packages=0 failed=0 findings=0 problems=0
started="$(date +%s)"
while IFS= read -r manifest; do
    package="$(dirname "$manifest")"
    packages=$((packages + 1))
    code=0
    # Of the registry, nothing is hidden by `.gitignore`; what the packages configure is not the question.
    timeout "$limit" "$connlint" check --all-targets --pedantic --no-config --format json "$package" \
        >"$work/out" 2>"$work/err" || code=$?
    case "$code" in
    0 | 1) ;;
    2)
        # Packages without Rust code.
        ;;
    *)
        failed=$((failed + 1))
        echo "exit code $code: $package"
        tail -n 3 "$work/err"
        ;;
    esac
    if grep -q 'panicked at' "$work/err"; then
        failed=$((failed + 1))
        echo "panic: $package"
        tail -n 3 "$work/err"
    fi
    # `"rule":` stands in findings, `"help":` with a string in errors.
    findings=$((findings + $(grep -c '^      "rule":' "$work/out" || true)))
    problems=$((problems + $(grep -c 'nest more than\|nests more than\|larger than\|is not read' "$work/out" || true)))
done < <(find "$sources" -mindepth 3 -maxdepth 3 -name Cargo.toml | sort)
took=$(($(date +%s) - started))

# All of it in one run.
if [ -x /usr/bin/time ]; then
    code=0
    /usr/bin/time -f '%e s, %M kB' -o "$work/time" timeout 1200 \
        "$connlint" check --all-targets --pedantic --no-config --format json "$sources" >"$work/out" 2>"$work/err" || code=$?
    if [ "$code" -gt 1 ] || grep -q 'panicked at' "$work/err"; then
        failed=$((failed + 1))
        echo "exit code $code for all of it"
        tail -n 3 "$work/err"
    fi
    echo "in one run: $(tail -n 1 "$work/time")"
fi

lines="$(find "$sources" -name '*.rs' -print0 | xargs -0 cat | wc -l)"
echo "$packages packages, $lines lines: $took s one by one, $findings findings, $problems refusals, $failed failures"
[ "$failed" = 0 ]
