# shellcheck shell=bash
# For scripts that measure or compare with Google's own library for Python.

# peers_python CLONE: prints the interpreter of the clone's .venv-peers, which it makes, or makes anew when the
# requirements are others.
peers_python() {
    local venv=$1/.venv-peers requirements=$1/scripts/benchmarks/requirements.txt wanted
    wanted=$(sha256sum <"$requirements")
    if [[ $(cat "$venv/requirements.sha256" 2>/dev/null) != "$wanted" ]]; then
        printf 'installing google-cloud-bigquery in %s (85 MB)\n' "$venv" >&2
        "$1/.venv/bin/python" -m venv --clear "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
        # Written last: what was interrupted is done again.
        printf '%s\n' "$wanted" >"$venv/requirements.sha256"
    fi
    printf '%s\n' "$venv/bin/python"
}

# serve_recordings CLONE FOLDER FILE: starts recorded-service in the background and waits until its address stands in FILE.
# Its process is the last background one, $!; the caller ends it.
serve_recordings() {
    "$1/scripts/benchmarks/recorded-service" "$2" >"$3" &
    for _ in {1..100}; do
        [[ ! -s $3 ]] || return 0
        sleep 0.1
    done
    printf 'recorded-service: no address within ten seconds\n' >&2
    return 1
}
