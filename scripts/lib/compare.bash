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

# take_turns ROUNDS COUNT LABEL COMMAND [LABEL COMMAND]...: a Markdown table of how many of COUNT requests each command
# makes in a second, and how many times the first one's that is. The commands take turns, so that what else the machine
# does meets them all alike; a round before the first warms up. What a command leaves in $place/left is removed.
take_turns() {
    local rounds=$1 count=$2 labels=() commands=() index round began ended
    shift 2
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
    printf '| command | requests/s | slowest to fastest round | times the first | processor µs a request | peak MB |\n'
    printf '|---|---|---|---|---|---|\n'
    for index in "${!labels[@]}"; do
        jq -Rnr --arg name "${labels[$index]}" --argjson index "$index" --argjson count "$count" '
            def rounded(places): . * places | round / places;
            def median: sort | .[length / 2 | floor];
            [inputs | split(" ") | map(tonumber)] as $turns
            | def microseconds(which): [$turns[] | select(.[0] == which) | .[1]];
            def rate: $count / (. / 1e6) | round;
            microseconds($index) as $own | [$turns[] | select(.[0] == $index)] as $all
            | "| \($name) | \($own | median | rate) | \($own | max | rate) to \($own | min | rate)"
            + " | \((microseconds(0) | median) / ($own | median) | rounded(100))"
            + " | \($all | map(.[2] + .[3]) | median * 1e6 / $count | rounded(10))"
            + " | \($all | map(.[4]) | max / 1024 | rounded(10)) |"
            ' "$place/turns"
    done
    echo
}
