#!/usr/bin/env bash
# The scripts of the GitHub action with an archive as releases have it, without GitHub: installed, run, told apart.
#
# CONNLINT_PROFILE is the cargo profile of the archive (release).
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
said="$scratch/said"

fail() {
    echo "FAILED: $*" >&2
    tail -n 40 "$said" | cut -c 1-200 >&2
    exit 1
}

version="$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)"
# The archive's name is that for static linking, which the action takes; what is inside is for this machine.
target="$(uname -m)-unknown-linux-musl"
releases="$scratch/releases"

echo "== an archive"
CONNLINT_HOST=1 "$root/packaging/archive.sh" "$target" "$releases/download/v$version" | tail -n 1 | sed "s|$scratch|…|"
list="$scratch/list"
tar -tzf "$releases/download/v$version/connlint-$target.tar.gz" >"$list"
for file in connlint cargo-connlint README.md LICENSE-MIT LICENSE-APACHE man/connlint-check.1 completions/connlint.zsh; do
    grep -qx "connlint-$target/$file" "$list" || fail "the archive lacks $file"
done

echo "== where cargo binstall looks"
cargo metadata --manifest-path "$root/Cargo.toml" --no-deps --format-version 1 >"$scratch/metadata.json"
python3 - "$scratch/metadata.json" "$target" >"$said" <<'PYTHON'
import json, sys
package = json.load(open(sys.argv[1]))["packages"][0]
binstall = package["metadata"]["binstall"]
for key, bin in (("pkg-url", ""), ("bin-dir", "connlint"), ("bin-dir", "cargo-connlint")):
    text = binstall[key].replace("{ repo }", package["repository"] or "").replace("{ version }", package["version"])
    print(text.replace("{ target }", sys.argv[2]).replace("{ bin }", bin).replace("{ binary-ext }", ""))
PYTHON
url="$(sed -n 1p "$said")"
test -f "$releases/${url#https://github.com/connlint/connlint/releases/}" || fail "no archive at $url"
for line in 2 3; do
    grep -qxF "$(sed -n ${line}p "$said")" "$list" || fail "the archive has no such program"
done

# What GitHub gives a step.
export RUNNER_TEMP="$scratch/temp" GITHUB_PATH="$scratch/path" GITHUB_OUTPUT="$scratch/output" GITHUB_ACTIONS=true CI=true
export CONNLINT_RELEASES="file://$releases"
mkdir "$RUNNER_TEMP"

install() {
    rm -rf "$GITHUB_PATH" "$RUNNER_TEMP/connlint"
    CONNLINT_VERSION="$1" "$root/packaging/action/install.sh" >"$said" 2>&1
}

# run EXIT-CODE PATHS ARGS CHANGED-ONLY FAIL
run() {
    local code=0
    : >"$GITHUB_OUTPUT"
    (
        PATH="$(cat "$GITHUB_PATH"):$PATH"
        CONNLINT_PATHS="$2" CONNLINT_ARGS="$3" CONNLINT_CHANGED_ONLY="$4" CONNLINT_FAIL="$5" "$root/packaging/action/run.sh"
    ) >"$said" 2>&1 || code=$?
    [ "$code" = "$1" ] || fail "exit code $code instead of $1"
}

output() {
    sed -n "s/^$1=//p" "$GITHUB_OUTPUT"
}

echo "== installed from the archive, by each way to name the version"
mkdir -p "$releases/latest"
ln -s "../download/v$version" "$releases/latest/download"
for wanted in "" "$version" "v$version" latest; do
    install "$wanted" || fail "not installed: '$wanted'"
    grep -qx "connlint $version" "$said" || fail "another version for '$wanted'"
done

echo "== findings fail the step, are annotated, and are in the file to upload"
cd "$root"
run 1 fixtures/projects/shop "" false true
grep -q '^::error file=fixtures/projects/shop/.*title=connlint%3A client-per-request' "$said" || fail "no annotation"
[ "$(output exit-code)" = 1 ] || fail "exit-code is $(output exit-code)"
grep -q '"ruleId": *"client-per-request"' "$(output sarif-file)" || fail "not in the SARIF file"

echo "== they may be let pass; words of the inputs are options; a run that failed is never let pass"
run 0 $'fixtures/projects/shop\nfixtures/projects/shop-mended' "--pedantic --quiet" false false
[ "$(output exit-code)" = 1 ] || fail "exit-code is $(output exit-code)"
run 0 fixtures/projects/shop-mended "" false true
[ "$(output exit-code)" = 0 ] || fail "exit-code is $(output exit-code)"
run 2 nowhere "" false false
[ -z "$(output sarif-file)" ] || fail "a file of a run that failed"

echo "== in a pull request, what it causes"
project="$scratch/project"
mkdir "$project"
cp -r "$root/fixtures/projects/shop/storage" "$project/storage"
cp "$root/fixtures/Cargo.toml" "$project/Cargo.toml"
sed -i 's|^members = .*|members = ["storage"]|' "$project/Cargo.toml"
cd "$project"
for variable in $(compgen -e | grep '^GIT_' || true); do unset "$variable"; done
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init --quiet --initial-branch main
git add --all
git -c user.name=t -c user.email=t@example.org commit --quiet --message first
git update-ref refs/remotes/origin/main HEAD
run 1 "" "" true true
export GITHUB_BASE_REF=main
run 0 "" "" true true
run 1 "" "" false true

echo "== an archive that is not what it was is refused"
echo changed >>"$releases/download/v$version/connlint-$target.tar.gz"
if install "$version"; then fail "it was installed"; fi
[ ! -s "$GITHUB_PATH" ] || fail "it is on the path"

echo "== without an archive, cargo compiles"
mkdir "$scratch/bin"
cat >"$scratch/bin/cargo" <<SH
#!/bin/sh
echo "cargo \$*" | sed 's|$root|ROOT|; s|$scratch|SCRATCH|'
mkdir -p "$RUNNER_TEMP/connlint/bin" && printf '#!/bin/sh\necho compiled\n' >"$RUNNER_TEMP/connlint/bin/connlint"
chmod +x "$RUNNER_TEMP/connlint/bin/connlint"
SH
chmod +x "$scratch/bin/cargo"
PATH="$scratch/bin:$PATH"
rm -r "$releases"
for wanted in "" 9.9.9 latest; do
    install "$wanted" || fail "not compiled: '$wanted'"
    grep -qx compiled "$said" || fail "not compiled: '$wanted'"
    grep '^cargo' "$said"
done >"$scratch/compiled"
diff - "$scratch/compiled" <<'TEXT'
cargo install --locked --path ROOT --root SCRATCH/temp/connlint
cargo install --locked connlint --version 9.9.9 --root SCRATCH/temp/connlint
cargo install --locked connlint --root SCRATCH/temp/connlint
TEXT

echo "the action does what it should"
