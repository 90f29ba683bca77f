# shellcheck shell=bash
# For scripts that measure or compare: what stands beside the filters, and the servers that all of them talk to.

# peers_python CLONE: prints the interpreter of the clone's .venv-peers, which it makes, or makes anew when the
# requirements are others.
peers_python() {
    local venv=$1/.venv-peers requirements=$1/scripts/benchmarks/requirements.txt wanted
    wanted=$(sha256sum <"$requirements")
    if [[ $(cat "$venv/requirements.sha256" 2>/dev/null) != "$wanted" ]]; then
        printf 'installing the peers for Python in %s (85 MB)\n' "$venv" >&2
        "$1/.venv/bin/python" -m venv --clear "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
        # Written last: what was interrupted is done again.
        printf '%s\n' "$wanted" >"$venv/requirements.sha256"
    fi
    printf '%s\n' "$venv/bin/python"
}

# serve FILE COMMAND [ARGUMENT]...: starts a server in the background and waits until its address stands in FILE.
# Its process is the last background one, $!; the caller ends it.
serve() {
    local file=$1
    shift
    "$@" >"$file" &
    for _ in {1..100}; do
        [[ ! -s $file ]] || return 0
        sleep 0.1
    done
    printf '%s: no address within ten seconds\n' "$1" >&2
    return 1
}
