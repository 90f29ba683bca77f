# Counts what plot-backfill draws. Reads, in the order of time: seconds since 1970, and
#   an outcome of replay      of a record in the checkpoint
#   charge, number            the calls that the ledger has, below zero for a refund
#   missing, month, type      of an activity (the time is 0)
# Writes a head of numbers and three blocks, with two blank lines between them as gnuplot wants them: windows, what
# remains, what was missing. Variables: left and total (events of this job), unseen (events that are delivered and not
# known to have landed), failed (events that are it now), usable (`80 100/15m 800 1000/1d`).
BEGIN { OFS = "\t"; day = 86400; unit["s"] = 1; unit["m"] = 60; unit["h"] = 3600; unit["d"] = day; most = 7 }

$2 == "charge" { when[++charges] = $1; calls[charges] = $3; next }
$2 == "missing" { add_missing($3, $4); next }
$2 ~ /^(delivered|failed|reopened|landed|gone)$/ { time[++records] = $1; kind[records] = $2 }
$2 ~ /^(delivered|failed)$/ { if (!sent++) first = $1; last = $1 }
$2 == "failed" { failures++ }
$2 ~ /^(landed|gone)$/ { looked_up++ }

END {
    width = last - first >= 2 * day ? day : 900
    for (i = 1; i <= records; i++) count[begin(time[i]), kind[i]]++
    for (i = 1; i <= charges; i++) {
        # What is charged once is one request, and a refund takes back one.
        if (calls[i] > cost) cost = calls[i]
        count[begin(when[i]), "requests"] += calls[i] > 0 ? 1 : -1
    }
    if (!cost) cost = 1
    read_quotas()
    walk_back()
    print "# width", width
    print "# sent", sent + 0
    print "# total", (points ? total : 0)
    print "# left", left
    print "# looked", looked_up + 0
    print "# quota", quota + 0
    print "# first", begin(first)
    print "# start", start + 0
    print "# last", last + 0
    print "# end", forecast()
    print "# types", (kinds > most ? most : kinds + 0)
    print "# yearly", (by_year = substr(to_month, 1, 4) - substr(from_month, 1, 4) > 10)
    print "# windows"
    print "begin", "delivered", "failed", "requests"
    for (at = begin(first); sent && at <= last; at += width)
        print at, count[at, "delivered"] + 0, count[at, "failed"] + 0, count[at, "requests"] + 0
    print "\n"
    print "# remaining"
    print "time", "to send", "to land"
    for (i = points; i >= 1; i--) print point[i]
    print "\n"
    print "# missing"
    print_missing()
}

function begin(time) { return time - time % width }

# What a window may have at most, by those quotas that begin anew in it; and how fast they allow to go on for ever.
function read_quotas(    parts, i, n, words, seconds, events) {
    n = split(usable, parts, " ")
    for (i = 2; i <= n; i += 2) {
        split(parts[i], words, "/")
        seconds = words[2] * unit[substr(words[2], length(words[2]))]
        events = int(parts[i - 1] / cost)
        if (seconds <= width && (!quota || events * width / seconds < quota)) quota = events * width / seconds
        if (!fastest || events / seconds < fastest) fastest = events / seconds
    }
}

# From what is left now back to the beginning of the job: a point for each minute, in long runs for each of 400 parts.
function walk_back(    i, part, retried, remain, hidden) {
    part = (time[records] - time[1]) / 400
    if (part < 60) part = 60
    # What failed, and was tried again, was settled twice: of its records only the last count.
    retried = failures - failed
    remain = left
    hidden = left + unseen
    for (i = records; i >= 1 && (remain < total || hidden < total); i--) {
        if (!points || int(time[i] / part) < int(start / part)) point[++points] = time[i] OFS remain OFS hidden
        start = time[i]
        if (kind[i] == "reopened") remain--
        if (kind[i] == "delivered" || (kind[i] == "failed" && failures > retried)) remain++
        if (kind[i] == "landed" || kind[i] == "gone" || (kind[i] == "failed" && failures > retried)) hidden++
        if (kind[i] == "failed") failures--
    }
    if (points) point[++points] = start OFS total OFS total
}

# When nothing remains, if it goes on as in the last week, and no faster than the quotas allow.
function forecast(    i, from, settled, rate) {
    if (!left || !points) return 0
    from = last - 7 * day > start ? last - 7 * day : start
    for (i = records; i >= 1 && time[i] >= from; i--) settled += kind[i] == "delivered" || kind[i] == "failed"
    rate = settled / (last - from > 900 ? last - from : 900)
    if (fastest && rate > fastest) rate = fastest
    return rate ? int(last + left / rate) : 0
}

function add_missing(month, type) {
    # It goes to a terminal, and into gnuplot's texts.
    gsub(/[^A-Za-z0-9_ ().-]/, "?", type)
    type = substr(type, 1, 16)
    if (month !~ /^[0-9][0-9][0-9][0-9]-[01][0-9]$/) return
    missing[month, type]++
    if (!of[type]++) types[++kinds] = type
    if (!months || month < from_month) from_month = month
    if (!months++ || month > to_month) to_month = month
}

# The most frequent types are columns, the others one; of more than ten years each is a row, else each month.
function print_missing(    i, j, best, row, year, month, key, line, shown, rows) {
    for (i = 1; i <= kinds && i <= most; i++) {
        best = i
        for (j = i + 1; j <= kinds; j++)
            if (of[types[j]] > of[types[best]] || (of[types[j]] == of[types[best]] && types[j] < types[best])) best = j
        key = types[i]; types[i] = types[best]; types[best] = key
    }
    shown = kinds > most ? most - 1 : kinds
    line = "row" OFS (by_year ? "year" : "month")
    for (i = 1; i <= shown; i++) line = line OFS types[i]
    if (shown < kinds) line = line OFS "other"
    print line
    if (!kinds) return
    year = substr(from_month, 1, 4) + 0
    month = by_year ? 1 : substr(from_month, 6) + 0
    for (;;) {
        row = by_year ? sprintf("%04d", year) : sprintf("%04d-%02d", year, month)
        if (row > substr(to_month, 1, length(row))) break
        line = rows + 0 OFS row; rows++
        for (i = 1; i <= shown; i++) line = line OFS sum_of(row, year, types[i])
        if (shown < kinds) {
            key = 0
            for (i = shown + 1; i <= kinds; i++) key += sum_of(row, year, types[i])
            line = line OFS key
        }
        print line
        if (by_year || ++month > 12) { year++; month = 1 }
    }
}

function sum_of(row, year, type,    month, sum) {
    if (!by_year) return missing[row, type] + 0
    for (month = 1; month <= 12; month++) sum += missing[sprintf("%04d-%02d", year, month), type]
    return sum + 0
}
