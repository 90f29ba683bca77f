# shellcheck shell=bash disable=SC2154   # the variables are the caller's
# For backfill-activities --dry-run: one page that says what a run would do. What it counts are months and types; all
# other numbers are the filters' own.

# show_plan: asks replay what it would do with the events, or with those that the references will make, and prints the page.
show_plan() {
    local words=$files/plan.txt list=$events plan status=0
    [[ -e $files/job.json ]] || fail 78 "$files/job.json: missing: nothing says what was asked; give --restart"
    if [[ ! -e $list ]]; then
        list=$files/plan.ndjson
        # An event needs an owner and a time, which a reference has: the rows can wait for the real run. One that makes
        # none is named, and keeps no other from being planned.
        "${events_of[@]}" --quiet <"$references" >"$list" || { status=$?; ((status == 1)) || return "$status"; }
    fi
    plan=$("${deliver[@]}" --dry-run <"$list" 2>"$words") || { status=$?; ((status == 1)) || { cat "$words" >&2; return "$status"; }; }
    local counts types
    types=$(setting "$environment" BACKFILL_AGGREGATED_TYPES)
    types=${types// /}
    types=${types:-Ride,VirtualRide}
    counts=$(count_by_month_and_type)
    jq -nr --slurpfile jobs "$files/job.json" --argjson plan "$plan" --arg types "$types" \
        --arg environment "$environment" --arg state "$files" \
        --arg subscription "$(head -n 1 "$list" | sed -E 's/.*"subscription_id":([0-9]+).*/\1/')" \
        --argjson delivered "$("${delivered[@]}" | wc -l)" --argjson ignored "$(ignored_types "$counts" "$types")" -f "$clone/scripts/lib/plan.jq"
    printf '\n'
    month_table "$counts" "$types"
    printf '\n'
    # What replay says about its rate, its quotas, and what is odd about the events.
    cat "$words"
    rm -f "$words" "$files/plan.ndjson"
    return "$status"
}

# count_by_month_and_type: MONTH, TYPE and how many of the references, one a line.
count_by_month_and_type() {
    jq -nr 'reduce inputs as $r ({};
                .["\($r.start_date[:7])\t\(($r.type // "unknown") | gsub("[^A-Za-z0-9_-]"; "?"))"] += 1)
            | to_entries[] | "\(.key)\t\(.value)"' "$references" | LC_ALL=C sort
}

# ignored_types COUNTS TYPES: how many of the references are of other types than these, of which the aggregator knows.
ignored_types() {
    awk -F '\t' -v types="$2" '
        BEGIN { n = split(types, list, ","); for (i = 1; i <= n; i++) known[list[i]] = 1 }
        NF && !($2 in known) { sum += $3 }
        END { print sum + 0 }' <<<"$1"
}

# month_table COUNTS TYPES: a line a month, a column for each of the four most frequent types, a bar, 80 columns in all.
month_table() {
    LC_ALL=C awk -F '\t' -v types="$2" '
        function title(name) {
            if (name in known) return substr(name, 1, 11)
            starred = 1
            return substr(name, 1, 10) "*"
        }
        function line(name, cells, sum, bar,    text, i) {
            text = sprintf("%-7s", name)
            for (i = 1; i <= shown; i++) text = text sprintf(" %11s", cells[column[i]] + 0)
            if (others) text = text sprintf(" %6d", cells[""] + 0)
            print text sprintf(" %6d", sum) bar
        }
        BEGIN { n = split(types, list, ","); for (i = 1; i <= n; i++) known[list[i]] = 1 }
        NF { count[$1, $2] += $3; month[$1] += $3; type[$2] += $3; total += $3
             if (!($1 in seen)) { seen[$1] = 1; order[++months] = $1 } }
        END {
            while (shown < 4) {
                best = ""
                for (t in type) if (!(t in place) && (best == "" || type[t] > type[best] || (type[t] == type[best] && t < best))) best = t
                if (best == "") break
                column[++shown] = best; place[best] = shown
            }
            for (t in type) if (!(t in place)) others += type[t]
            head = sprintf("%-7s", "month")
            for (i = 1; i <= shown; i++) head = head sprintf(" %11s", title(column[i]))
            if (others) head = head sprintf(" %6s", "others")
            if (total) print head sprintf(" %6s", "total")
            for (m = 1; m <= months; m++) if (month[order[m]] > most) most = month[order[m]]
            width = others ? 10 : 17
            for (m = 1; m <= months; m++) {
                split("", cells)
                for (t in type) { c = t in place ? t : ""; cells[c] += count[order[m], t] }
                bar = sprintf("%*s", int((month[order[m]] * width + most - 1) / most), ""); gsub(/ /, "#", bar)
                line(order[m], cells, month[order[m]], " " bar)
            }
            split("", cells)
            for (t in type) { c = t in place ? t : ""; cells[c] += type[t] }
            if (total) line("total", cells, total, "")
            if (starred) print "* passed over by the aggregator"
        }' <<<"$1"
}
