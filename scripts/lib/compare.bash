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
