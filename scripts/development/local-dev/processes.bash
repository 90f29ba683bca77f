# Sourced by start and stop: the processes of one set-up, whose folder is $state.
# shellcheck shell=bash

: "${state:?the folder must be known before}"

# A pid may have gone to another process since it was written: ours carry the folder in their environment.
is_ours() { grep -qzxF "LOCAL_DEV_STATE=$state" "/proc/$1/environ" 2>/dev/null; }

runs() { is_ours "$(cat "$state/$1.pid" 2>/dev/null || echo none)"; }

# A session of its own: ^C in the terminal is for the programs under test, not for what they talk to.
run() {
    local name=$1
    LOCAL_DEV_STATE=$state setsid "${@:2}" </dev/null >"$state/$name.out" 2>&1 9>&- &
    echo $! >"$state/$name.pid"
}

# await NAME COMMAND…: until the command succeeds, as long as the process lives and for a minute at most.
await() {
    local name=$1 try
    for ((try = 0; try < 600; try++)); do
        "${@:2}" >/dev/null 2>&1 && return
        ((try < 5)) || runs "$name" || break
        sleep 0.1
    done
    tail -n 20 "$state/$name.out" >&2
    printf 'start: %s: did not come up; above is the end of %s\n' "$name" "$state/$name.out" >&2
    return 75
}

# TERM first, since the emulator closes its database; KILL when that takes longer than ten seconds.
end_all() {
    local name pid try pids=()
    for name in pipeline emulator; do
        runs "$name" || continue
        pid=$(cat "$state/$name.pid")
        pids+=("$pid")
        kill "$pid" 2>/dev/null || true
    done
    for pid in "${pids[@]}"; do
        for ((try = 0; try < 100; try++)); do
            is_ours "$pid" || continue 2
            sleep 0.1
        done
        printf 'stop: %s: did not end within 10 s, killed\n' "$pid" >&2
        kill -KILL "$pid" 2>/dev/null || true
    done
    rm -f "$state"/{pipeline,emulator}.pid "$state/shell-environment"
}
