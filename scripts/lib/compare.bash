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
