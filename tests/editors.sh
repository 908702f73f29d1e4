#!/usr/bin/env bash
# The language server in real editors, configured as docs/editor.md says: each opens a file, sees the diagnostic at the right
# place, takes the code action, and the buffer is mended. Debian's packages are installed if need be.
#
# CONNLINT_PROFILE is the cargo profile of the program (release).
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

missing=()
command -v nvim >/dev/null || missing+=(neovim)
command -v emacs >/dev/null || missing+=(emacs-nox)
emacs --batch --eval "(require 'eglot)" 2>/dev/null || missing+=(elpa-eglot)
command -v git >/dev/null || missing+=(git)
if [ "${#missing[@]}" -gt 0 ]; then
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
fi

profile="${CONNLINT_PROFILE:-release}"
cargo build --locked --manifest-path "$root/Cargo.toml" --profile "$profile" --bin connlint
folder="$profile"
if [ "$profile" = dev ]; then folder=debug; fi
PATH="${CARGO_TARGET_DIR:-$root/target}/$folder:$PATH"

# The block of docs/editor.md below the comment that names it.
block() {
    awk -v mark="<!-- run by tests/editors.sh: $1 -->" '
        $0 == mark          { wanted = 1; next }
        wanted && /^```$/   { exit }
        wanted && /^```/    { inside = 1; next }
        wanted && inside    { print }
    ' "$root/docs/editor.md"
}

# A project with one finding; columns in bytes, characters and UTF-16 differ on its line.
project() {
    local folder="$scratch/$1"
    mkdir -p "$folder/src"
    cat >"$folder/Cargo.toml" <<'END'
[package]
name = "feeds"
version = "0.0.0"
edition = "2024"

[dependencies]
axum = "0.8"
reqwest = "0.12"
END
    cat >"$folder/src/main.rs" <<'END'
mod feed;

fn main() {
    serve(axum::Router::new().route("/feed", axum::routing::get(feed::feed)));
}
END
    cat >"$folder/src/feed.rs" <<'END'
pub async fn feed() -> String {
    /* 🦀é */ let client = reqwest::Client::new();
    client.get("http://feeds.internal/").send().await.unwrap().text().await.unwrap()
}
END
    git -C "$folder" init --quiet
    connlint check "$folder" >/dev/null && { echo "$1: the project has no finding" >&2; exit 1; }
    echo "$folder"
}

# The file that was saved is mended.
mended() {
    connlint check "$1" || { echo "it still has findings" >&2; exit 1; }
    grep -q 'static HTTP_CLIENT' "$1/src/feed.rs"
}

echo "== Neovim: $(nvim --version | head -n 1)"
folder="$(project neovim)"
block neovim >"$scratch/init.lua"
[ -s "$scratch/init.lua" ]
(cd "$folder" && timeout 120 nvim --headless -u "$scratch/init.lua" -c 'filetype on' -c 'edit src/feed.rs' \
    -c "luafile $root/tests/editors/neovim.lua")
mended "$folder"

echo "== Emacs: $(emacs --version | head -n 1)"
folder="$(project emacs)"
block emacs >"$scratch/init.el"
[ -s "$scratch/init.el" ]
CONNLINT_CONFIG="$scratch/init.el" CONNLINT_FILE="$folder/src/feed.rs" \
    timeout 120 emacs --batch --load "$root/tests/editors/emacs.el"
mended "$folder"

echo "editors: ok"
