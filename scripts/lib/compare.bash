# shellcheck shell=bash
# For scripts that measure commands beside each other.

# compare RUNS INPUT LABEL COMMAND [LABEL COMMAND]...: a Markdown table of how much longer each command takes than the
# first, and what it needs at most. Each reads INPUT; hyperfine takes what a shell costs off its times, and writes them to
# the caller's folder $place.
compare() {
    local runs=$1 input=$2 labels=() commands=() index peak times
    shift 2
    while (($#)); do labels+=("$1") commands+=("$2 <$input"); shift 2; done
    times=${place:?}/times.json
    hyperfine --warmup 2 --runs "$runs" --export-json "$times" "${commands[@]}" >/dev/null 2>&1
    printf '| command | median ms | times the first | peak MB |\n|---|---|---|---|\n'
    for index in "${!commands[@]}"; do
        peak=$(/usr/bin/time -f %M bash -c "exec ${commands[$index]}" 2>&1 >/dev/null | tail -n 1)
        jq -r --arg name "${labels[$index]}" --argjson index "$index" --argjson peak "$peak" '
            def rounded(places): . * places | round / places;
            .results as $all | $all[$index].median as $median
            | "| \($name) | \($median * 1000 | rounded(10)) | \($median / $all[0].median | rounded(100))"
            + " | \($peak / 1024 | rounded(10)) |"' "$times"
    done
    echo
}

# run_turns ROUNDS LABEL COMMAND [LABEL COMMAND]...: measures commands that take turns, so that what else the machine does
# meets them all alike; a round before the first warms up. What a command leaves in $place/left is removed. Of each command
# $place/turns.json has the seconds (median, fastest, slowest), the processor's seconds (median), and the peak in MB.
run_turns() {
    local rounds=$1 labels=() commands=() index round began ended
    shift
    while (($#)); do labels+=("$1") commands+=("$2"); shift 2; done
    : >"${place:?}/turns"
    for ((round = 0; round <= rounds; round++)); do
        for index in "${!commands[@]}"; do
            rm -rf "$place/left" && mkdir "$place/left"
            began=${EPOCHREALTIME/./}
            /usr/bin/time -f '%U %S %M' -o "$place/turn" bash -c "exec ${commands[$index]}" >/dev/null 2>"$place/words" ||
                { cat "$place/words" >&2; return 1; }
            ended=${EPOCHREALTIME/./}
            ((round == 0)) || printf '%s %s %s\n' "$index" "$((ended - began))" "$(cat "$place/turn")" >>"$place/turns"
        done
    done
    rm -rf "$place/left"
    jq -Rn '
        def median: sort | .[length / 2 | floor];
        [inputs | split(" ") | map(tonumber)] | group_by(.[0]) | map({
            label: $ARGS.positional[.[0][0]], seconds: (map(.[1]) | median / 1e6),
            fastest: (map(.[1]) | min / 1e6), slowest: (map(.[1]) | max / 1e6),
            processor: (map(.[2] + .[3]) | median), peak: (map(.[4]) | max / 1024)})
        ' --args "${labels[@]}" <"$place/turns" >"$place/turns.json"
}

# take_turns ROUNDS COUNT LABEL COMMAND [LABEL COMMAND]...: a Markdown table of how many of COUNT requests each command
# makes in a second, and how many times the first one's that is.
take_turns() {
    local rounds=$1 count=$2
    run_turns "$rounds" "${@:3}"
    printf '| command | requests/s | slowest to fastest round | times the first | processor µs a request | peak MB |\n'
    printf '|---|---|---|---|---|---|\n'
    jq -r --argjson count "$count" '
        def rounded(places): . * places | round / places;
        .[0].seconds as $first | .[]
        | "| \(.label) | \($count / .seconds | round) | \($count / .slowest | round) to \($count / .fastest | round)"
        + " | \($first / .seconds | rounded(100)) | \(.processor * 1e6 / $count | rounded(10)) | \(.peak | rounded(10)) |"
        ' "$place/turns.json"
    echo
}

# measure_rates ROUNDS LABEL INPUT COMMAND [LABEL INPUT COMMAND]...: like run_turns; $place/rates.json has besides how many
# MB of its own INPUT each command reads in a second. What it takes for no input, in the same turns, is taken off its times;
# with start_up=counted it is left in.
measure_rates() {
    local rounds=$1 turns=() starts=() bytes=()
    shift
    while (($#)); do
        turns+=("$1" "$3 <$2") starts+=("start-up" "$3 </dev/null") bytes+=("$(stat -c %s "$2")")
        shift 3
    done
    run_turns "$rounds" "${turns[@]}" "${starts[@]}"
    jq '($ARGS.positional | length) as $count | .[$count:] as $starts | [.[:$count] | to_entries[]
        | (if $counted then {seconds: 0, processor: 0} else $starts[.key] end) as $start | ($ARGS.positional[.key] | tonumber / 1e6) as $megabytes
        | def rate: $megabytes / ([. - $start.seconds, 1e-6] | max);
        .value | . + {
            megabytes: $megabytes, rate: (.seconds | rate), lowest: (.slowest | rate), highest: (.fastest | rate),
            processor: ([.processor - $start.processor, 0] | max)}]
        ' --argjson counted "$([[ ${start_up-} == counted ]] && echo true || echo false)" --args "${bytes[@]}" \
        <"${place:?}/turns.json" >"$place/rates.json"
}

# rates ROUNDS LABEL INPUT COMMAND [LABEL INPUT COMMAND]...: a Markdown table of these rates, and how many times each the
# first one is.
rates() {
    measure_rates "$@"
    printf '| command | MB read | MB/s | slowest to fastest round | the first is N times | processor s/GB | peak MB |\n'
    printf '|---|---|---|---|---|---|---|\n'
    jq -r '
        def rounded: if . < 10 then . * 100 | round / 100 elif . < 100 then . * 10 | round / 10 else round end;
        .[0].rate as $first | .[]
        | "| \(.label) | \(.megabytes | rounded) | \(.rate | rounded) | \(.lowest | rounded) to \(.highest | rounded)"
        + " | \($first / .rate | rounded) | \(.processor * 1000 / .megabytes | rounded) | \(.peak | rounded) |"
        ' "${place:?}/rates.json"
    echo
}

# wanted_rate LABEL OTHER LIMIT WHAT: notes that LABEL should have had LIMIT times the rate of OTHER in the last rates.
wanted_rate() {
    local measured
    measured=$(jq --arg own "$1" --arg other "$2" \
        'map({key: .label, value: .rate}) | from_entries | .[$own] / .[$other]' "${place:?}/rates.json")
    wanted "$4, times $2" ">=" "$3" "$measured"
}

# wanted WHAT RELATION LIMIT MEASURED: notes a limit, and what was measured (empty if nothing was); RELATION is >= or <=.
# print_wanted prints the table of them all, and whether they are met.
wanted() { printf '%s\t%s\t%s\t%s\n' "$@" >>"${limits:?}"; }
print_wanted() {
    printf '| what | wanted | measured | |\n|---|---|---|---|\n'
    awk -F '\t' '
        { verdict = ($2 == ">=" ? $4 >= $3 : $4 <= $3) ? "met" : "**missed**" }
        $4 == "" { printf "| %s | %s %s | | not measured |\n", $1, $2, $3; next }
        { printf "| %s | %s %s | %.3g | %s |\n", $1, $2, $3, $4, verdict }
    ' "${limits:?}"
}

# disk_folder CLONE: prints the folder for what is to be on a disk: TMPDIR, or .build where that is memory.
disk_folder() {
    local folder=${TMPDIR:-/tmp}
    [[ $(stat -f -c %T "$folder") != tmpfs ]] || folder=$1/.build
    printf '%s\n' "$folder"
}

# memory_folder BYTES: prints a folder for what is to cost no disk: /dev/shm where it has so much room, else TMPDIR.
memory_folder() {
    local room
    room=$(df --output=avail --block-size=1 /dev/shm 2>/dev/null | tail -n 1)
    if ((room > $1)); then echo /dev/shm; else printf '%s\n' "${TMPDIR:-/tmp}"; fi
}
