# shellcheck shell=bash
# To be sourced: puts the tools of requirements.txt on the PATH. They lie in a virtual environment outside of the
# checkout, which is made anew when the list has changed.

connlint_cache="${XDG_CACHE_HOME:-$HOME/.cache}/connlint"

# mdBook, compiled: the debug build takes half the time, and is fast enough.
mdbook_version=0.5.4

install_mdbook() {
    local folder="$connlint_cache/mdbook-$mdbook_version"
    if [ ! -x "$folder/bin/mdbook" ]; then
        cargo install mdbook --version "$mdbook_version" --locked --debug --no-default-features --features search \
            --root "$folder"
    fi
    PATH="$folder/bin:$PATH"
}

install_tools() {
    local list venv
    list="$(dirname "${BASH_SOURCE[0]}")/requirements.txt"
    venv="$connlint_cache/tools"
    if ! cmp -s "$list" "$venv/installed.txt"; then
        if ! python3 -c 'import ensurepip' 2>/dev/null; then
            apt-get update
            DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-venv
        fi
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$list"
        cp "$list" "$venv/installed.txt"
    fi
    PATH="$venv/bin:$PATH"
}

install_tools
