#!/usr/bin/env bash
# The extension for VS Code: types, tests, the package. Wants node; its packages come from the npm registry.
#
# CONNLINT_PROFILE is the cargo profile of the program that the extension's tests talk to (release).
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"

if ! command -v npm >/dev/null; then
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm
fi

profile="${CONNLINT_PROFILE:-release}"
cargo build --locked --manifest-path "$root/Cargo.toml" --profile "$profile" --bin connlint
folder="$profile"
if [ "$profile" = dev ]; then folder=debug; fi
CONNLINT_BINARY="${CARGO_TARGET_DIR:-$root/target}/$folder/connlint"
export CONNLINT_BINARY

cd "$root/editors/vscode"
# The version is the program's.
version="$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)"
grep -q "\"version\": \"$version\"" package.json || { echo "package.json is not of version $version" >&2; exit 1; }
if grep -q '"resolved"' package-lock.json; then
    echo "package-lock.json names where packages were downloaded" >&2
    exit 1
fi
npm ci --no-audit --no-fund
npm test
npm run package
contents="$(unzip -Z1 connlint.vsix 2>/dev/null || python3 -m zipfile --list connlint.vsix)"
grep -q extension/dist/extension.js <<<"$contents"

echo "vscode: ok"
