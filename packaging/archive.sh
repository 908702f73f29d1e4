#!/usr/bin/env bash
# An archive as releases have it: both programs, completions, manual pages, licences. Beside it its checksum.
#
#   packaging/archive.sh TARGET FOLDER
#
# CONNLINT_PROFILE is the cargo profile (release). CONNLINT_HOST=1 takes what cargo builds without `--target`: for tests,
# which have that already.
set -euo pipefail
target="$1"
mkdir -p "$2"
folder="$(cd "$2" && pwd)"
cd "$(dirname "$0")/.."
profile="${CONNLINT_PROFILE:-release}"

built="${CARGO_TARGET_DIR:-target}"
output="$profile"
if [ "$profile" = dev ]; then output=debug; fi
arguments=(--locked --profile "$profile" --bins)
if [ -z "${CONNLINT_HOST:-}" ]; then
    # Symbols are three quarters of the size.
    arguments+=(--target "$target" --config "profile.$profile.strip='symbols'")
    built="$built/$target"
fi
cargo build "${arguments[@]}"

suffix=""
case "$target" in *-windows-*) suffix=.exe ;; esac
name="connlint-$target"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/$name/completions"
cp "$built/$output/connlint$suffix" "$built/$output/cargo-connlint$suffix" "$scratch/$name"
cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$scratch/$name"

# Completions and pages are the same everywhere; a program for another machine cannot be asked for them.
cargo run --quiet --locked --profile "$profile" -- man --out "$scratch/$name/man"
for shell in bash elvish fish powershell zsh; do
    cargo run --quiet --locked --profile "$profile" -- completions "$shell" >"$scratch/$name/completions/connlint.$shell"
done

tar -C "$scratch" -czf "$folder/$name.tar.gz" "$name"
cd "$folder"
if command -v sha256sum >/dev/null; then
    sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
else
    shasum -a 256 "$name.tar.gz" >"$name.tar.gz.sha256"
fi
echo "$folder/$name.tar.gz"
