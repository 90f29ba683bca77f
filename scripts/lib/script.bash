# shellcheck shell=bash disable=SC2034   # value and words are for the caller
# What every script needs to talk with its user: messages, an end with a reason, the values of options, a question.

script=${0##*/}
script=${script%.sh}
# Set here, so that no variable of the environment answers for the user.
quiet=no yes=no

# say WORD...: tells on stderr how it goes, unless quiet=yes.
say() { [[ $quiet == yes ]] || printf '%s: %s\n' "$script" "$*" >&2; }

# fail STATUS WORD...: says what is wrong, and ends.
fail() {
    local status=$1
    shift
    printf '%s: %s\n' "$script" "$*" >&2
    exit "$status"
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
