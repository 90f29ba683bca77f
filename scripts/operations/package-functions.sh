#!/usr/bin/env bash
# Makes what is handed on of a release: the same bytes from the same commit.
set -euo pipefail

usage() {
    cat <<'HELP'
Usage: package-functions.sh [--output DIR] [--allow-dirty]

Builds the filters and writes, named by version, commit and architecture:

  activity-backfill-VERSION-COMMIT-ARCH.tar.gz     what belongs below /usr/local
  activity-backfill_VERSION+COMMIT_ARCH.deb        the same for Debian and Ubuntu
  activity-backfill-VERSION-COMMIT-run-job.tar.gz  build context of a Cloud Run job
  SHA256SUMS                                       of these three

  --output DIR   where to (default: dist of the clone)
  --allow-dirty  although files differ from the commit: the names say -dirty
  --help         show this help

BACKFILL_BIN names a folder of filters to pack instead of building them: names
say -trial then. Exit status: 0 done; 64 usage; 74 local I/O, or it does not
build; 78 no commit, uncommitted changes, no filters, or a tool is missing.
HELP
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
clone=$(cd "$here/../.." && pwd)
# shellcheck source=scripts/lib/script.bash
. "$clone/scripts/lib/script.bash"
# shellcheck source=scripts/lib/commit.bash
. "$clone/scripts/lib/commit.bash"
# shellcheck source=scripts/lib/layout.bash
. "$clone/scripts/lib/layout.bash"
# shellcheck source=scripts/lib/deb.bash
. "$clone/scripts/lib/deb.bash"
output=$clone/dist dirty=no
while (($#)); do
    words=1
    case $1 in
        --output | --output=*) take "$@"; output=$value ;;
        --allow-dirty) dirty=yes ;;
        --help) usage; exit ;;
        *) fail 64 "unknown option: $1; see --help" ;;
    esac
    shift "$words"
done
for tool in dpkg-deb readelf; do
    command -v "$tool" >/dev/null || fail 78 "$tool: not found; install dpkg and binutils"
done
version=$(version_of "$clone") commit=$(commit_of "$clone") architecture=$(dpkg --print-architecture)
[[ -n $commit ]] || fail 78 "$clone: neither a git clone nor a source archive: no commit to name"
[[ $dirty == yes || $commit != *-dirty ]] || fail 78 "$clone: differs from its commit; commit it, or give --allow-dirty"
SOURCE_DATE_EPOCH=$(commit_time "$clone")
export SOURCE_DATE_EPOCH
umask 022

make_work

# complain WORD...: what must not be handed on; of a trial, which is named so, it is only said.
if [[ -n ${BACKFILL_BIN:-} ]]; then
    bin=$BACKFILL_BIN trial=-trial
    complain() { say "$bin: $*"; }
else
    bin=$clone/.build/release trial=''
    complain() { fail 78 "$bin: $*"; }
    "$clone/scripts/development/build-release"
fi
for filter in "${filters[@]}"; do [[ -f $bin/$filter && -x $bin/$filter ]] || fail 78 "$bin: no filters there: $filter is missing; see --help"; done
is=$("$bin/replay" --version 2>&1 | head -n 1) || true
[[ $is == "replay $version ($commit)" ]] || complain "is not of $version ($commit): $is"
export BACKFILL_BIN=$bin
commit+=$trial
# pack FOLDER FILE: a tarball in which nothing tells who packed it, when, or in which order the disk had the files.
pack() {
    tar --create --directory "$work" --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
        --mtime="@$SOURCE_DATE_EPOCH" --format=gnu "$1" | gzip -9n >"$2" || fail 74 "$2: cannot be written"
}
name=activity-backfill-$version-$commit
deb=activity-backfill_$version+${commit}_$architecture.deb
mkdir -p "$work/made" "$output" || fail 74 "$output: cannot be made"

"$clone/scripts/install" --quiet --destdir "$work/root" --prefix /usr
make_deb "$work/root" "$work/made/$deb"

"$clone/scripts/install" --quiet --destdir "$work/tree" --prefix /usr/local
# It would say of folders that were there before that they are ours to remove.
rm "$work/tree/usr/local/lib/activity-backfill/installed"
mv "$work/tree/usr/local" "$work/$name-$architecture"
pack "$name-$architecture" "$work/made/$name-$architecture.tar.gz"

mkdir "$work/$name-run-job"
install -m 644 "$clone"/contrib/run-job/* "$work/$name-run-job"
install -m 644 "$work/made/$deb" "$work/$name-run-job/activity-backfill.deb"
pack "$name-run-job" "$work/made/$name-run-job.tar.gz"

(cd "$work/made" && LC_ALL=C sha256sum -- *.deb *.tar.gz >SHA256SUMS)
mv "$work"/made/* "$output" || fail 74 "$output: cannot be written"
say "$output: $name, $deb"
