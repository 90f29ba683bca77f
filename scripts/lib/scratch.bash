# shellcheck shell=bash
# What does not outlive a script: files of its own, and the half of one that it was about to write.
# Not for every script: with a trap bash waits for the program that it runs before it hears a signal. These are scripts
# that would go on without, since gcloud has its own end for ^C, or that hold secrets.

# Removed at the end, however it comes.
scratch=()
trap '((${#scratch[@]} == 0)) || rm -rf "${scratch[@]}"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# rewrite FILE [same]: what comes on stdin becomes its content: all of it or nothing. A link stays one. It is for its
# owner alone, or with `same` for those who had it before. Not to be put into a pipe, where scratch[] would be lost.
rewrite() {
    local file new
    file=$(realpath -m -- "$1") && new=$(mktemp -- "$file.XXXXXX") || return 1
    scratch+=("$new")
    if [[ ${2:-} == same && -e $file ]]; then
        # The group first: the mode would let in another one.
        { chown --reference="$file" -- "$new" && chmod --reference="$file" -- "$new"; } || return 1
    fi
    cat >"$new" && sync -d -- "$new" && mv -f -- "$new" "$file"
}
