# shellcheck shell=bash disable=SC2016   # git archive replaces what stands between two $
# For scripts that build: which release and which commit this clone is.

# version_of CLONE: the release, as in Sources/FilterKit/Version.swift.
version_of() { sed -nE 's/.*static let number = "([^"]+)".*/\1/p' "$1/Sources/FilterKit/Version.swift"; }

# commit_of CLONE: seven digits of its commit, always seven, so that they are the same in every clone; `-dirty` behind them
# when a file differs or is new. Nothing where neither git nor `git archive` tells: no commit is better than a wrong one.
commit_of() {
    local commit='$Format:%H$' changes=''
    # Asked of this folder's own .git alone: an archive may lie in somebody else's clone.
    if [[ -e $1/.git ]] && command -v git >/dev/null; then
        commit=$(git -C "$1" rev-parse HEAD) && changes=$(git -C "$1" status --porcelain) || return
    fi
    [[ ! $commit =~ ^[0-9a-f]{40} ]] || printf '%s\n' "${commit:0:7}${changes:+-dirty}"
}

# commit_time CLONE: when the commit was made, in Unix seconds; 0 where nobody tells.
commit_time() {
    local time='$Format:%ct$'
    if [[ -e $1/.git ]] && command -v git >/dev/null; then time=$(git -C "$1" log -1 --format=%ct) || return; fi
    if [[ $time =~ ^[0-9]+$ ]]; then printf '%s\n' "$time"; else echo 0; fi
}
