# shellcheck shell=bash disable=SC2034   # value, words, hidden are for the caller
# What every script needs to talk with its user: messages, an end with a reason, the values of options, a question.

# A trace (bash -x, or SHELLOPTS in the environment) would show what variables hold, tokens too.
set +x

script=${0##*/}
script=${script%.sh}
# Set here, so that no variable of the environment answers for the user.
quiet=no yes=no
# What no message may repeat, should a service quote what it was sent.
hidden=()

# say WORD...: tells on stderr how it goes, unless quiet=yes.
say() { [[ $quiet == yes ]] || printf '%s: %s\n' "$script" "$*" >&2; }

# fail STATUS WORD...: says what is wrong, and ends.
fail() {
    local status=$1
    shift
    printf '%s: %s\n' "$script" "$*" >&2
    exit "$status"
}

# plain TEXT [LENGTH]: TEXT, which a server may have written, as far as it fits into a message: without what moves a
# cursor, on one line, without what is hidden.
plain() {
    local text=$1 word
    for word in "${hidden[@]}"; do text=${text//"$word"/...}; done
    printf %s "${text:0:${2:-200}}" | LC_ALL=C tr -c '[:print:]' ' '
}

# print_line TEXT: a line of stdout.
print_line() { printf '%s\n' "$1" 2>/dev/null || fail 74 "stdout: cannot be written"; }

# require_tools NAME...: goes on when all are on PATH; to be called before any input is read.
require_tools() {
    local tool from
    for tool in "$@"; do
        from=" the package $tool"
        [[ $tool != gcloud ]] || from=" it: https://cloud.google.com/sdk/docs/install"
        command -v "$tool" >/dev/null || fail 78 "$tool: not on PATH; install$from"
    done
}

# take "$@": of `--option value` and `--option=value` alike $value, and in $words how many words that were.
take() {
    if [[ $1 == *=* ]]; then value=${1#*=} words=1; else
        (($# > 1)) || fail 64 "$1: a value is missing; see --help"
        value=$2 words=2
    fi
    [[ -n $value ]] || fail 64 "${1%%=*}: empty; see --help"
}

# confirm QUESTION ANSWER: goes on when ANSWER is typed, or with yes=yes; without a terminal to ask on it ends with 64.
confirm() {
    local answer
    [[ $yes == no ]] || return 0
    [[ -t 0 && -t 2 ]] || fail 64 "${1%:}: no terminal to ask on; give --yes"
    read -r -p "$script: $1 " answer
    [[ $answer == "$2" ]] || fail 64 "not confirmed; nothing was done"
}
