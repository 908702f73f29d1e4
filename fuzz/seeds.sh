#!/usr/bin/env bash
# Seeds of the fuzz targets, made from the fixtures and catalogues, into fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")"

# seeds TARGET EXTENSION LARGEST FOLDER...: files below the folders that are small enough.
seeds() {
    local target="$1" extension="$2" largest="$3"
    shift 3
    mkdir -p "corpus/$target"
    find "$@" -name "*.$extension" -size "-$largest" -not -path '*/target/*' -print0 | while IFS= read -r -d '' file; do
        cp "$file" "corpus/$target/seed-$(sha256sum <"$file" | cut -c1-16)"
    done
}

for target in parse pipeline suppressions; do
    seeds "$target" rs 12k ../fixtures regressions
done
seeds config toml 12k ../fixtures/config ../src/config ../docs
seeds catalog toml 12k ../rules
seeds baseline json 12k ../docs ../fixtures
mkdir -p corpus/baseline
echo '{"schema_version": 1, "findings": []}' >corpus/baseline/seed-empty
