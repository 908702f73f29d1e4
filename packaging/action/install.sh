#!/usr/bin/env bash
# Puts connlint where the steps after this one find it: from a release's archive, or, where there is none for this
# machine, compiled by cargo.
#
# In, from action.yml: CONNLINT_VERSION (a version, `latest`, or empty for that of this action), CONNLINT_RELEASES (where
# the archives are), RUNNER_TEMP, GITHUB_PATH.
set -euo pipefail
action="$(cd "$(dirname "$0")/../.." && pwd)"
version="${CONNLINT_VERSION#v}"
own=""
if [ -z "$version" ]; then
    # The version that the workflow names in `uses:` is the one that it gets.
    version="$(sed -n 's/^version = "\(.*\)"/\1/p' "$action/Cargo.toml" | head -n 1)"
    own=1
fi

case "$(uname -s)-$(uname -m)" in
    # Linked statically: it runs in every container.
    Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64) target=aarch64-unknown-linux-musl ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
    *) target="" ;;
esac

folder="$RUNNER_TEMP/connlint"
mkdir -p "$folder"

# From the archive, if there is one. A wrong checksum ends it all: that is no reason to look elsewhere.
download() {
    local archive="connlint-$target.tar.gz" from="$CONNLINT_RELEASES/download/v$version"
    [ -n "$target" ] || return 1
    if [ "$version" = latest ]; then from="$CONNLINT_RELEASES/latest/download"; fi
    cd "$folder"
    curl -fsSL --retry 3 -O "$from/$archive" -O "$from/$archive.sha256" || return 1
    if command -v sha256sum >/dev/null; then
        sha256sum --check --quiet "$archive.sha256" || exit 1
    else
        shasum -a 256 --check --quiet "$archive.sha256" || exit 1
    fi
    tar -xzf "$archive"
    bin="$folder/connlint-$target"
}

compile() {
    echo "There is no archive of connlint $version for this machine; cargo compiles it, which takes some minutes."
    if [ -n "$own" ]; then
        cargo install --locked --path "$action" --root "$folder"
    elif [ "$version" = latest ]; then
        cargo install --locked connlint --root "$folder"
    else
        cargo install --locked connlint --version "$version" --root "$folder"
    fi
    bin="$folder/bin"
}

download || compile
echo "$bin" >>"$GITHUB_PATH"
"$bin/connlint" --version
