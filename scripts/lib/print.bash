# shellcheck shell=bash disable=SC2154   # the commands are the caller's
# For backfill-activities: its pipeline as a user would type it.

command_line() { printf '%q ' "$@"; }

# print_pipeline: the commands of the phases, in their order.
print_pipeline() {
    if [[ -n $fixture ]]; then
        printf '%s>%q\n' "$(command_line "${missing[@]}" "${job[@]}")" "$references"
        printf '%s<%q >%q\n' "$(command_line "${rows[@]}")" "$references" "$files/rows.ndjson"
        printf "%s--expect-rows \"\$(wc -l <%q)\" <%q >/dev/null\n" \
            "$(command_line "${keep[@]}")" "$references" "$files/rows.ndjson"
        return
    fi
    if [[ $verify == yes ]]; then
        printf '%s>%q\n' "$(command_line "${delivered[@]}" --settled "$settled")" "$looked_up"
        printf '%s<%q >%q &&\n' "$(command_line "${look[@]}")" "$looked_up" "$not_there"
        printf '    %s<%q >>%q\n' "$(command_line "${decide[@]}")" "$not_there" "$files/reopened.ndjson"
    fi
    printf '%s>%q\n' "$(command_line replay "${journal[@]}" --report gone --quiet)" "$gone"
    printf '%s>%q\n' "$(command_line "${missing[@]}" --exclude-ids "$gone")" "$references"
    printf '%s<%q | %s>%q\n' "$(command_line "${rows[@]}")" "$references" "$(command_line "${events_of[@]}")" "$events"
    # Not an option: the file of the environment may name another one.
    # shellcheck disable=SC2016   # it is for the user's shell
    printf '%s\n' 'export BACKFILL_LEDGER=${BACKFILL_LEDGER:-${XDG_STATE_HOME:-$HOME/.local/state}/backfill/ledger.ndjson}'
    printf '%s<%q >>%q\n' "$(command_line "${deliver[@]}")" "$events" "$files/results.ndjson"
}
