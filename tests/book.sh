#!/usr/bin/env bash
# The documentation as a site: it can be built, nothing is missing, every link and anchor in it leads somewhere.
#
#   tests/book.sh [FOLDER]       the site is left in FOLDER
#
# Links to other hosts are not followed.
set -euo pipefail
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
book="$scratch/book"
if [ $# -gt 0 ]; then
    mkdir -p "$1"
    book="$(cd "$1" && pwd)"
fi
cd "$(dirname "$0")/.."
# shellcheck source=.ci/tools.sh
source .ci/tools.sh
install_mdbook

# What mdBook calls. Built by itself, so that errors of the compiler are seen.
cargo build --quiet --locked --example book
# The example's crate and mdBook speak the same language only within a version.
grep -A1 '^name = "mdbook-preprocessor"' Cargo.lock | grep -q "\"${mdbook_version%.*}\." || {
    echo "mdbook-preprocessor in Cargo.lock is not that of mdBook $mdbook_version" >&2
    exit 1
}
mdbook build docs --dest-dir "$book" >"$scratch/said" 2>&1 || { cat "$scratch/said" >&2; exit 1; }
if grep -E 'WARN|ERROR' "$scratch/said"; then exit 1; fi

missing=0
has() {
    if [ ! -s "$book/$1" ]; then
        echo "no page for $2: $3" >&2
        missing=1
    fi
}
for file in docs/*.md; do
    name="$(basename "$file" .md)"
    case "$name" in SUMMARY | README) continue ;; esac
    has "$name.html" "$file" "name it in docs/SUMMARY.md"
done
for folder in . clients frameworks; do
    for file in rules/"$folder"/*.md rules/"$folder"/*.toml; do
        name="$(basename "$file")"
        if [ -f "$file" ] && [ "$name" != README.md ]; then
            target="$folder"
            if [ "$folder" = . ]; then target=rules; fi
            has "$target/${name%.*}.html" "$file" "examples/book makes it"
        fi
    done
done
[ "$missing" = 0 ]
# What a mark stands for has been put in its place.
if grep -rl 'generated: ' "$book" --include='*.html'; then
    echo "these have marks that nothing replaced" >&2
    exit 1
fi

# The page of errors has links of the server, print.html all pages once more.
lychee --offline --no-progress --include-fragments --exclude-path '/404\.html$' --exclude-path '/print\.html$' \
    --exclude-path '/toc\.html$' "$book" >"$scratch/said" 2>&1 || { cat "$scratch/said" >&2; exit 1; }
grep -E 'Total|OK|Errors' "$scratch/said"

# The same files as they are read in the repository.
lychee --offline --no-progress --include-fragments README.md CONTRIBUTING.md CHANGELOG.md docs/*.md rules/*.md \
    fixtures/*.md fixtures/live/*.md >"$scratch/said" 2>&1 || { cat "$scratch/said" >&2; exit 1; }
grep -E 'Total|OK|Errors' "$scratch/said"
echo "the site is whole"
