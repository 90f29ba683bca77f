# shellcheck shell=bash disable=SC2154,SC2317   # the variables are the caller's, who calls the phases by name
# For backfill-activities --verify: what earlier runs delivered is looked up in the target. What follows for each event
# is replay's decision, made of two whole files: of a pipe whose middle died it would see only that less is missing.

# verify_deliveries: returns 0 when a run may go on, else the status to end with.
verify_deliveries() {
    phase phase_report || return
    [[ -s $looked_up ]] || return 0
    say "verify: $(wc -l <"$looked_up") delivered events"
    phase phase_look_up || return
    phase phase_decide
}
# A file that the shell cannot open would end with 1, as if some events had failed.
phase_report() { exec >"$looked_up" || return 74; "${delivered[@]}" --settled "$settled"; }
phase_look_up() { exec <"$looked_up" >"$not_there" || return 74; "${look[@]}"; }
phase_decide() { exec <"$not_there" >>"$files/reopened.ndjson" || return 74; "${decide[@]}"; }

# conclude_verification STATUS: the status of a run that sent all that there was. While something that was delivered is
# still to be looked up, the job is not done; and one of which events failed, in whatever run, did not end well.
conclude_verification() {
    local waiting
    waiting=$("${delivered[@]}" | wc -l) || return 74
    if ((waiting == 0)); then
        (($(on_record failed) == 0)) || return 1
        return "$1"
    fi
    say "$waiting of the delivered events have still to be looked up: run the same command again in $settled or later"
    return 75
}
