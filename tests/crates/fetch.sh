#!/usr/bin/env bash
# Downloads the crates of crates.toml with cargo, verifies their checksums, and unpacks them into
# ${CONNLINT_CRATES:-${XDG_CACHE_HOME:-$HOME/.cache}/connlint/crates}/NAME-VERSION. What is there already stays, so a
# second run needs no network.
set -euo pipefail

list="$(cd "$(dirname "$0")" && pwd)/crates.toml"
folder="${CONNLINT_CRATES:-${XDG_CACHE_HOME:-$HOME/.cache}/connlint/crates}"
cargo_home="${CARGO_HOME:-$HOME/.cargo}"
mkdir -p "$folder"

# Unpacked beside its final place and renamed when whole: an interrupted run leaves nothing half. In a folder that is
# no package, so that cargo looks at no workspace.
scratch="$(mktemp -d "$folder/.fetch.XXXXXX")"
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# The archive of a crate in cargo's cache, if its checksum is right.
archive() {
    local found
    for found in "$cargo_home"/registry/cache/*/"$1-$2.crate"; do
        if [ -f "$found" ] && echo "$3  $found" | sha256sum --check --status; then
            echo "$found"
            return 0
        fi
    done
    return 1
}

# name, version and checksum of each `[[crate]]`, a line each.
crates() {
    awk -F'"' '
        /^\[/ { head = ($0 == "[[crate]]") }
        head && /^name = / { name = $2 }
        head && /^version = / { version = $2 }
        head && /^checksum = / { print name, version, $2 }
    ' "$list"
}

count=0
fetched=0
while read -r name version checksum; do
    count=$((count + 1))
    target="$folder/$name-$version"
    if [ "$(cat "$target/.checksum" 2>/dev/null)" = "$checksum" ]; then
        continue
    fi
    if ! archive "$name" "$version" "$checksum" >/dev/null; then
        # `cargo info` downloads one crate without its dependencies.
        cargo info --quiet "$name@$version" >/dev/null </dev/null
    fi
    if ! found="$(archive "$name" "$version" "$checksum")"; then
        echo "cargo has no archive of $name $version with the checksum $checksum" >&2
        exit 1
    fi
    tar -xzf "$found"
    echo "$checksum" >"$name-$version/.checksum"
    rm -rf "$target"
    mv "$name-$version" "$target"
    fetched=$((fetched + 1))
done < <(crates)

if [ "$count" = 0 ]; then
    echo "$list names no crates" >&2
    exit 1
fi
echo "$count crates in $folder, $fetched of them new"
