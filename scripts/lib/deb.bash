# shellcheck shell=bash disable=SC2154   # the variables are the caller's, who can fail
# For package-functions: from an installation below a folder to a Debian package.

# The packages that have the libraries which the filters load. Ubuntu 24.04 has libcurl4t64 and libssl3t64, which provide
# the names without t64.
declare -A package_of=(
    [libc.so.6]=libc6 [libm.so.6]=libc6 [ld-linux-x86-64.so.2]=libc6 [ld-linux-aarch64.so.1]=libc6 [libstdc++.so.6]=libstdc++6
    [libgcc_s.so.1]=libgcc-s1 [libcurl.so.4]=libcurl4 [libcrypto.so.3]=libssl3
)

# require_known_libraries FILE...: a library that no dependency brings would be missed at the first start.
require_known_libraries() {
    local library unknown=()
    while read -r library; do [[ -n ${package_of[$library]-} ]] || unknown+=("$library"); done < <(
        readelf --dynamic --wide "$@" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' | sort -u)
    ((${#unknown[@]} == 0)) || complain "need ${unknown[*]}, which no package in Depends has: see scripts/lib/deb.bash"
}

# oldest_libc FILE...: the version of libc6 that has all that the programs ask of it.
oldest_libc() { readelf --version-info --wide "$@" | grep -oE '\bGLIBC_[0-9.]+' | sed 's/GLIBC_//' | sort -Vu | tail -n 1; }

# control ROOT PROGRAM...
control() {
    cat <<CONTROL
Package: activity-backfill
Version: $version+$commit
Architecture: $architecture
Maintainer: the activity-backfill authors <noreply@activity-backfill.invalid>
Installed-Size: $(find "$1" -type f -printf '%s\n' | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
Depends: libc6 (>= $(oldest_libc "${@:2}")), libstdc++6, libgcc-s1, libcurl4, libssl3, ca-certificates
Recommends: jq
Suggests: gnuplot-nox
Section: utils
Priority: optional
Description: filters that replay Strava activities as webhook events
 Five filters that find the activities which one BigQuery table has and
 another lacks, and replay them as webhook events through the pipeline that
 should have seen them; and backfill-activities, which runs them slice by
 slice from cron or a systemd timer. jq is needed by backfill-activities
 --dry-run and plot-backfill, gnuplot by plot-backfill alone.
CONTROL
}

copyright() {
    cat <<'COPYRIGHT'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
COPYRIGHT
    sed -n 's/^Copyright (c) /Copyright: /p' "$1"
    printf 'License: Expat\n'
    sed -n '/^Permission/,$ { s/^$/./; s/^/ /; p }' "$1"
    cat <<'COPYRIGHT'

Files: usr/bin/bq-missing usr/bin/bq-fetch usr/bin/to-webhook usr/bin/replay usr/bin/export-fixture
Copyright: Apple Inc. and the Swift project authors
License: Apache-2.0 with Swift Runtime Library Exception
Comment: The runtime of Swift and swift-argument-parser are linked into them. The licence is in
 /usr/share/common-licenses/Apache-2.0, the exception at https://swift.org/LICENSE.txt.
COPYRIGHT
}

# make_deb ROOT FILE: the package of what is below ROOT, which becomes what Debian wants it to be.
make_deb() {
    local doc=$1/usr/share/doc/activity-backfill programs=("${filters[@]/#/$1/usr/bin/}")
    require_known_libraries "${programs[@]}"
    copyright "$doc/LICENSE" >"$doc/copyright"
    mv "$doc/CHANGELOG.md" "$doc/changelog"
    rm "$doc/LICENSE" "$1/usr/lib/activity-backfill/installed"
    find "$1/usr/share/man" "$doc/changelog" -type f -exec gzip -9n {} +
    mkdir "$1/DEBIAN"
    control "$1" "${programs[@]}" >"$1/DEBIAN/control"
    (cd "$1" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$1/DEBIAN/md5sums"
    chmod -R u=rwX,go=rX "$1"
    find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    # One thread, since the number of them would show in the bytes.
    dpkg-deb --root-owner-group -Zxz --threads-max=1 --build "$1" "$2" >"$work/words" 2>&1 || fail 74 "$2: $(tail -n 1 "$work/words")"
}
