# shellcheck shell=bash disable=SC2317   # the handlers are called by name, through trap
# For scripts that run filters: one status for a pipe, and phases that end when the script is told to end.

# pipe_status "${PIPESTATUS[@]}": the most telling status of a pipe's stages, as the function's own.
# A 141 counts last: it is the echo of a later stage that stopped.
pipe_status() {
    local status wanted
    for wanted in 64 78 77 74 signal 75 1 141; do
        for status in "$@"; do
            if [[ $status == "$wanted" ]]; then return "$status"; fi
            if [[ $wanted == signal ]] && ((status > 128 && status != 141)); then return "$status"; fi
        done
    done
}

# phase COMMAND [ARGUMENT]...: runs it in a process group of its own and waits. Without that a signal sent to the script
# alone would wait for the filters, which may have hours to go.
phase() {
    local status
    set -m
    "$@" &
    phase_group=$!
    set +m
    while
        status=0
        wait "$phase_group" || status=$?
        # A trap that ran ends the wait, but not the phase.
        kill -0 "$phase_group" 2>/dev/null
    do :; done
    phase_group=''
    return "$status"
}
phase_group=''
# The phase is in the background for the terminal, which may be set to stop it when it writes (stty tostop).
trap '' TTOU

# end_phase SIGNAL STATUS: ends the phase that runs, waits until it has recorded what it must, and exits.
end_phase() {
    trap '' INT TERM HUP
    if [[ -n $phase_group ]]; then
        # A phase that was stopped hears nothing until it goes on.
        kill -s "$1" -- "-$phase_group" 2>/dev/null || true
        kill -s CONT -- "-$phase_group" 2>/dev/null || true
        wait "$phase_group" || true
    fi
    exit "$2"
}
# ^Z stops the script alone: the phase has to stop with it, and to go on with it.
pause_phase() {
    [[ -z $phase_group ]] || kill -s STOP -- "-$phase_group" 2>/dev/null || true
    kill -s STOP $$
    [[ -z $phase_group ]] || kill -s CONT -- "-$phase_group" 2>/dev/null || true
}
# ask_phase: hands on the question how far it is, to a phase that has an answer; USR1 would end any other.
ask_phase() { [[ -z $phase_group || -z $phase_listens ]] || kill -s USR1 -- "-$phase_group" 2>/dev/null || true; }
phase_listens=''
trap ask_phase USR1
trap pause_phase TSTP
trap 'end_phase INT 130' INT
trap 'end_phase TERM 143' TERM
trap 'end_phase HUP 129' HUP
