# shellcheck shell=bash disable=SC2154   # variables are the caller's
# For plot-backfill: what is drawn, asked of replay, counted by awk; and the pictures.

# ask MODE...: what replay knows about the checkpoint. Its words are shown when it ends badly; 75 only says that nothing
# can be sent now.
ask() {
    local status=0
    replay --quiet --checkpoint "$state/checkpoint.ndjson" "$@" 2>"$place/words" || status=$?
    ((status == 0 || status == 75)) || { cat "$place/words" >&2; exit "$status"; }
}

# collect: prints what is drawn, counted. Reports tell where events stand now; how they got there tell only the records
# of the checkpoint, of which nothing is taken but times and outcomes: jq rounds ids.
collect() {
    local name ledger counts=(0 0 0)
    # Unless it was said: where the checkpoint belongs to, an environment or a URL.
    if ((${#target[@]} == 0)); then
        ask --status >"$place/status"
        name=$(entry target)
        case $name in
            'none yet') ;;
            *://*) target=(--url "$name" --allow-http) ;;
            *) target=(--target-env "$name") ;;
        esac
    fi
    ask --status "${target[@]}" "${account[@]}" >"$place/status"
    if ((${#target[@]})) && [[ -e $state/events.ndjson ]]; then plan >"$place/counts"; read -ra counts <"$place/counts"; fi
    ledger=$(entry ledger)
    ledger=${ledger%%: the ledger is *}
    {
        lines 'select(.outcome and .time) | [(.time | fromdate), .outcome]' "$state/checkpoint.ndjson"
        lines 'select(.charge) | [(.time | fromdate), "charge", .charge]' "$ledger"
        lines '[0, "missing", (.start_date | tostring)[0:7], .type // "none"]' "$state/references.ndjson"
    } | sort -s -t $'\t' -k 1,1n | awk -F '\t' \
        -v left="${counts[0]}" -v total="$((counts[0] + counts[1] + counts[2]))" -v unseen="$(entry delivered)" \
        -v failed="$(entry failed)" -v usable="$(usable)" -f "$clone/scripts/lib/plot-backfill.awk"
}

# lines EXPRESSION FILE: of each record a line of the fields that the expression makes; what is damaged is left out.
lines() { [[ ! -r $2 ]] || jq -rR "fromjson? | $1 | @tsv" "$2"; }

# entry NAME: what the status says of it.
entry() { sed -n "s/^$1  *//p" "$place/status"; }

# usable: `80 100/15m 800 1000/1d`: how many calls each quota leaves to a backfill, and the quota.
usable() { sed -nE 's/^quota  *([^:]*):.* of ([0-9]+) calls used$/\2 \1/p' "$place/status" | paste -sd ' '; }

# plan: of this job's events how many are left, settled, gone.
plan() {
    local status=0
    replay --quiet --checkpoint "$state/checkpoint.ndjson" "${target[@]}" "${account[@]}" --dry-run \
        <"$state/events.ndjson" 2>"$place/words" >"$place/plan" || status=$?
    ((status <= 1)) || { cat "$place/words" >&2; exit "$status"; }
    jq -r '"\(.to_send) \(.already_settled) \(.gone)"' "$place/plan"
}

# panels: how many of the three have something to show.
panels() { grep -cE $'^# (sent|total|types)\t[1-9]' "$place/data.tsv" || true; }

# draw TERMINAL: the picture, in $place until it is whole.
draw() {
    local head
    head=$(sed -nE $'s/^# ([a-z]+)\t([0-9.]+)$/\\1 = \\2;/p' "$place/data.tsv")
    gnuplot -e "set terminal $1; set output '$place/picture'; data = '$place/data.tsv'; $head" \
        "$clone/scripts/lib/plot-backfill.gp" >"$place/words" 2>&1
}

# keep_picture: puts it where it was wished; a file is replaced at once.
keep_picture() {
    case $output in
        '') tr -d '\f' <"$place/picture" | sed 's/ *$//' ;;
        -) cat "$place/picture" ;;
        *) cp "$place/picture" "$output.new" && mv "$output.new" "$output" ;;
    esac 2>/dev/null
}
