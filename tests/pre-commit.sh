#!/usr/bin/env bash
# The hook as its users have it: the real pre-commit, the wheel, a git repository. Prints what each commit was told and
# fails on the first one that went the wrong way.
#
# CONNLINT_PROFILE is the cargo profile of the wheel (release).
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
# shellcheck source=.ci/tools.sh
source "$root/.ci/tools.sh"

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
project="$scratch/project"
said="$scratch/said"

# Nothing of whoever runs this: neither configuration nor a commit that is under way.
for variable in $(compgen -e | grep '^GIT_' || true); do unset "$variable"; done
export GIT_CONFIG_GLOBAL="$scratch/gitconfig" GIT_CONFIG_NOSYSTEM=1
git config --global user.name tester
git config --global user.email tester@example.org
git config --global init.defaultBranch main
export PRE_COMMIT_HOME="$scratch/pre-commit" PRE_COMMIT_COLOR=never

fail() {
    echo "FAILED: $*" >&2
    sed 's/^/    /' "$said" >&2
    exit 1
}

# A commit of what is staged, or of the paths given, must go through.
passes() {
    local about="$1"
    shift
    echo "-- $about: passes"
    git commit -m "$about" -- "$@" >"$said" 2>&1 || fail "$about: the commit was refused"
    grep -E '^connlint' "$said"
}

# … must be refused, with a finding that the pattern matches.
refused() {
    local about="$1" pattern="$2" before
    shift 2
    echo "-- $about: is refused"
    before="$(git rev-parse HEAD)"
    if git commit -m "$about" -- "$@" >"$said" 2>&1; then fail "$about: the commit went through"; fi
    [ "$(git rev-parse HEAD)" = "$before" ] || fail "$about: HEAD has moved"
    tr -d '\n' <"$said" >"$scratch/line"
    grep -qE "$pattern" "$scratch/line" || fail "$about: nothing matches $pattern"
    grep -E '^connlint|^error' "$said"
}

says() {
    grep -qF -- "$1" "$said" || fail "expected: $1"
}

says_not() {
    if grep -qF -- "$1" "$said"; then fail "not expected: $1"; fi
}

echo "== the manifest, and the wheel"
cd "$root"
pre-commit validate-manifest .pre-commit-hooks.yaml
(cd packaging/wheel && maturin build --quiet --locked --profile "${CONNLINT_PROFILE:-release}" --out "$scratch/wheels")
# What the hook's environment is made of. Without an index, so that it is this wheel and none from PyPI.
pip download --quiet --disable-pip-version-check --no-deps --dest "$scratch/wheels" 'setuptools>=68'
export PIP_NO_INDEX=1 PIP_FIND_LINKS="$scratch/wheels"

echo "== the repository of the hook: this checkout, tagged"
mkdir "$scratch/connlint"
tar -C "$root" --exclude=./.git --exclude=target --exclude=./fixtures -cf - . | tar -C "$scratch/connlint" -xf -
git -C "$scratch/connlint" init --quiet
git -C "$scratch/connlint" add --all
git -C "$scratch/connlint" commit --quiet --message connlint
git -C "$scratch/connlint" tag v0.1.0

echo "== a project with an old finding"
mkdir -p "$project/src"
cd "$project"
git init --quiet
cat >Cargo.toml <<'TOML'
[package]
name = "app"
version = "0.0.0"
edition = "2024"

[dependencies]
axum = "0.8"
redis = "1"
TOML
cat >src/main.rs <<'RUST'
mod routes;
mod store;

fn main() {
    let app = axum::Router::new().route("/old", axum::routing::get(routes::old));
    serve(app.route("/other", axum::routing::get(routes::other)), store::connect());
}
RUST
cat >src/routes.rs <<'RUST'
pub async fn old() -> String {
    let client = redis::Client::open("redis://old/").unwrap();
    format!("{client:?}")
}

pub async fn other() -> String {
    String::new()
}
RUST
cat >src/store.rs <<'RUST'
pub fn connect() -> redis::Client {
    redis::Client::open("redis://store/").unwrap()
}
RUST
cat >.pre-commit-config.yaml <<YAML
repos:
  - repo: $scratch/connlint
    rev: v0.1.0
    hooks:
      - id: connlint
YAML
pre-commit validate-config .pre-commit-config.yaml
git add --all
git commit --quiet --message "before connlint"
pre-commit install >/dev/null
pre-commit install-hooks

echo "== commits"
replace() {
    sed -i "s|$1|$2|" src/routes.rs
    git add src/routes.rs
}

replace 'String::new()' '"clean".to_owned()'
passes "a clean change beside an old finding"

echo "notes" >NOTES.md
git add NOTES.md
passes "no Rust in it"
says Skipped

replace '"clean".to_owned()' 'format!("{:?}", redis::Client::open("redis://new/"))'
refused "a client in a handler" 'client-per-request.*src/routes\.rs:7'
says_not redis://old/
git reset --quiet --hard

replace '"clean".to_owned()' 'format!("{:?}", crate::store::connect())'
refused "a call of an old constructor in another file" 'client-per-request.*src/store\.rs:2'
says 'handler of GET /other'

# Paths given to `git commit` are committed from an index of their own.
git reset --quiet
refused "the same, by its path" 'client-per-request.*src/store\.rs:2' src/routes.rs

# pre-commit puts aside what is not staged.
echo "// a remark" >>src/store.rs
git add src/store.rs
passes "a clean file while a bad one is not staged"
grep -q 'crate::store::connect' src/routes.rs || fail "the edit that was not staged is lost"
git checkout --quiet src/routes.rs

echo "== the whole report, by other arguments"
sed -i 's/- id: connlint/&\n        args: []/' .pre-commit-config.yaml
git add .pre-commit-config.yaml
if pre-commit run --all-files >"$said" 2>&1; then fail "the old finding is not reported"; fi
says redis://old/

echo "the hook does what it should"
