# shellcheck shell=bash disable=SC2317   # forget_state is called by name, through trap
# State directories, and the environments that they belong to.

# make_state DIR: makes it, unless it is there, with the folders above it. Until `keep_state` is called the end of the
# script takes away again what was made: a job that never began leaves nothing behind.
make_state() {
    [[ ! -d $1 ]] || return 0
    state_folder=$1 state_top=$1
    while [[ ! -d $(dirname "$state_top") ]]; do state_top=$(dirname "$state_top"); done
    trap forget_state EXIT
    mkdir -p "$1"
}
keep_state() { trap - EXIT; }
forget_state() {
    local folder=$state_folder
    rm -rf "$folder"
    # Of the folders above it only those that were made for it, and only while another job has nothing in them.
    while [[ $folder != "$state_top" ]]; do
        folder=$(dirname "$folder")
        rmdir "$folder" 2>/dev/null || break
    done
}

# is_protected NAME CLONE: whether the environment's file says so. Whatever it says, if it is not plainly no: a question
# too many is better than one too few. Where no file is found, replay looks and asks by itself.
is_protected() {
    local folder file
    for folder in ${BACKFILL_ENVIRONMENTS:+"$BACKFILL_ENVIRONMENTS"} environments "$2/environments" \
        "${XDG_CONFIG_HOME:-$HOME/.config}/backfill" /etc/backfill; do
        file=$folder/$1.env
        [[ -f $file ]] || continue
        [[ -r $file ]] || return 0
        grep -q '^BACKFILL_PROTECTED=' "$file" && ! grep -qxE 'BACKFILL_PROTECTED=(no)?' "$file"
        return
    done
    return 1
}
