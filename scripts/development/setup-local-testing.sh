#!/usr/bin/env bash
# Makes this clone ready for local tests. What is already there is left alone, so running it
# again costs a fraction of a second, and demo and tests can simply call it first.
set -euo pipefail

usage() {
    cat <<'HELP'
Usage: setup-local-testing.sh [--no-apt] [--with PACKAGE,...] [--help]

Installs what local tests need: apt packages, and the BigQuery emulator in .venv
of this clone. Only what is missing is installed.

  --no-apt            install no apt packages; name those that are missing
  --with PACKAGE,...  apt packages wanted besides (shellcheck,hyperfine)
  --help              show this help

PYTHON names the interpreter for .venv (3.11 or newer; default: the first that is found).
HELP
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
clone=$(cd "$here/../.." && pwd)
# shellcheck source=scripts/lib/script.bash
. "$clone/scripts/lib/script.bash"

packages=(libcurl4-openssl-dev libssl-dev openssl pkg-config jq python3-venv curl ca-certificates procps)
apt=yes
while (($#)); do
    words=1
    case $1 in
        --no-apt) apt=no ;;
        --with | --with=*) take "$@"; IFS=, read -ra more <<<"$value"; packages+=("${more[@]}") ;;
        --help) usage; exit 0 ;;
        *) fail 64 "unknown option: $1; see --help" ;;
    esac
    shift "$words"
done

venv=$clone/.venv
requirements=$here/requirements.txt

missing_packages() {    # one dpkg-query for all: asking apt would take a second each time
    local installed     # dpkg-query's status 1 only says that one of them is unknown
    installed=$(dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' "${packages[@]}" 2>/dev/null |
        sed -n 's/^ii *//p') || true
    printf '%s\n' "${packages[@]}" | grep -vxF -e "$installed" || true
}

install_packages() {
    local root=()
    [[ $apt == yes ]] || { say "missing apt packages, left out because of --no-apt: $*"; return; }
    if ((EUID != 0)); then
        command -v sudo >/dev/null || fail 78 "neither root nor sudo here; have somebody run: apt-get install $*"
        root=(sudo)
    fi
    say "installing $*"
    "${root[@]}" apt-get -qq update
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" >/dev/null
}

suitable_python() {     # 3.11 is the emulator's own demand; Debian ships ensurepip in python3-venv only
    local python
    for python in "${PYTHON:-python3}" /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
        [[ -z ${PYTHON:-} ]] || return 1
    done
    return 1
}

if command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
else
    say "no dpkg here: taking it that these are installed: ${packages[*]}"
fi

# The stamp is written last: a set-up that was interrupted has none, and is done again.
stamp=$venv/requirements.sha256
wanted=$(sha256sum <"$requirements")
if [[ $(cat "$stamp" 2>/dev/null) != "$wanted" || ! -x $venv/bin/python ]]; then
    python=$(suitable_python) ||
        fail 78 "no Python 3.11 or newer that can make a venv; name one in PYTHON, or install python3-venv"
    say "installing the BigQuery emulator in $venv (580 MB, about a minute)"
    "$python" -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
    printf '%s\n' "$wanted" >"$stamp"
fi

# DuckDB looks for extensions under HOME, not in the venv: another HOME needs its own copy.
duckdb=$(sed -n 's/^duckdb==//p' "$requirements")
if ! compgen -G "$HOME/.duckdb/extensions/v$duckdb/*/spatial.duckdb_extension" >/dev/null; then
    say "copying DuckDB's spatial extension to $HOME/.duckdb"
    "$venv/bin/python" -c 'from duckdb_extensions import import_extension; import_extension("spatial")'
fi
