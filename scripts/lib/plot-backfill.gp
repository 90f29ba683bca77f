# Draws what plot-backfill counted. Given: the terminal and its output, `data`, and the numbers of the data's head:
# width (of a window, in seconds), sent, total, left, looked, quota, first, start, last, end, types, yearly.

letters = GPVAL_TERM eq "dumb"
daily = width == 86400
higher(a, b) = a > b ? a : b
moment(time) = strftime("%Y-%m-%d %H:%M", time)

# Colours that people tell apart who see few: Okabe and Ito.
array colours[7] = [0x0072B2, 0xE69F00, 0x009E73, 0x56B4E9, 0xCC79A7, 0xF0E442, 0x999999]
blue = colours[1]; red = 0xD55E00; black = 0x333333

set datafile separator "\t"
set style fill solid 1 noborder
set border 3 linewidth 0.7 linecolor rgb black
set tics nomirror out scale 0.5 noenhanced
set grid ytics linewidth 0.5 linecolor rgb (letters ? black : 0xDDDDDD)
set key outside right top vertical Left reverse samplen (letters ? 3 : 1.5) noenhanced
set title noenhanced font ",13"
set lmargin (letters ? 8 : 10)
set rmargin (letters ? 19 : 22)
set yrange [0:*]
unset mxtics

# A terminal of letters fills nothing: there a bar is many lines beside each other, drawn with the line type's letter.
style = letters ? "impulses" : "boxes"
edge = letters ? 8 : 0
beside(k, wide) = k * 0.4 * wide / (edge + 1)
once(k, text) = k == edge ? text : ""
# Seconds from tic to tic, where so many hours are shown; whole ones, since only they have a remainder.
hours(span) = span > 24 ? 28800 : span > 12 ? 14400 : span > 6 ? 7200 : span > 3 ? 3600 : span > 1 ? 1800 : 900

panels = (sent > 0) + (total > 0) + (types > 0)
heading = sent > 0 ? "Backfill until ".moment(last)." UTC" : "Backfill: nothing is sent yet"
if (total > 0) { heading = sprintf("%s: %d of %d events settled", heading, total - left, total) }
if (panels > 0) { set multiplot layout panels, 1 title heading noenhanced font ",15" }

if (sent > 0) {
    windows = int((last - first) / width) + 1
    set format x (daily ? "%Y-%m-%d" : "%H:%M") timedate
    # A day's name stands below its bar, a time where it is.
    step = daily ? width * int((windows - 1) / (letters ? 4 : 10) + 1) : hours(windows / 4.0)
    set xtics daily ? first + width / 2 : first - first % step, step
    set xrange [first - 0.3 * width : first + (windows + 0.3) * width]
    set boxwidth 0.8 * width
    set title daily ? "Events sent a day, and requests charged" : "Events sent in 15 minutes, and requests charged"
    set ylabel daily ? "events a day" : "events in 15 min"
    stats data index 0 every ::1 using 4 nooutput
    requests = STATS_max
    stats data index 0 every ::1 using ($2 + $3) nooutput
    set yrange [0 : 1.1 * higher(higher(STATS_max, requests), quota)]
    x(k) = column(1) + width / 2 + beside(k, width)
    plot for [k = -edge : edge] data index 0 every ::1 using (x(k)):($2 + $3) \
            with @style linetype 5 linecolor rgb red title once(k, "failed"), \
        for [k = -edge : edge] '' index 0 every ::1 using (x(k)):2 \
            with @style linetype 2 linecolor rgb blue title once(k, "delivered"), \
        '' index 0 every ::1 using (x(0)):($4 > 0 ? $4 : NaN) with points pointtype (letters ? 18 : 2) pointsize 1.2 \
            linewidth 2 linecolor rgb black title (requests > 0 ? "requests" : ""), \
        (quota > 0 ? quota : NaN) with lines linetype 7 dashtype 2 linewidth 1.5 linecolor rgb black \
            title (quota > 0 ? "quota" : "")
}

if (total > 0) {
    ahead = left > 0 && end > last
    until = ahead ? end : last
    days = (until - start) / 86400.0
    step = days > 2 ? 86400 * int(days / (letters ? 4 : 10) + 1) : hours(24 * days)
    begin = start - start % (days > 2 ? 86400 : 900)
    set yrange [0:*]
    set ylabel "events"
    set format x (days > 2 ? "%Y-%m-%d" : "%H:%M") timedate
    set xtics begin - begin % (days > 2 ? 86400 : step), step
    set xrange [begin : until + 0.04 * (until - begin)]
    set title ahead ? "Events that remain: sent by about ".moment(end)." UTC" \
        : left > 0 ? "Events that remain" : "Events that remain: all sent by ".moment(last)." UTC"
    set print $ahead
    print sprintf("%d\t%d\n%d\t%d", last, left, until, ahead ? 0 : left)
    unset print
    plot data index 1 every ::1 using 1:(looked > 0 ? $3 : NaN) with steps linetype 1 linewidth 2 \
            linecolor rgb colours[2] title (looked > 0 ? "to land" : ""), \
        '' index 1 every ::1 using 1:2 with steps linetype 2 linewidth 2 linecolor rgb blue title "to send", \
        $ahead using 1:2 with lines linetype 7 dashtype 2 linewidth 2 \
            linecolor rgb black title (ahead ? "forecast" : "")
}

if (types > 0) {
    stats data index 2 every ::1 using 1 nooutput
    rows = STATS_records
    set format x "%s"
    set yrange [0:*]
    set xrange [-0.8 : rows - 0.2]
    set xtics auto
    set boxwidth 0.8
    set title "Activities that were missing when the job began, by ".(yearly ? "year" : "month")." and type"
    set ylabel "activities"
    stack(n) = sum [i = 3 : n + 2] column(i)
    few(row) = int(row) % int(rows / (letters ? 5 : 13) + 1) == 0
    # The first one is covered by the others: it only brings the names below the axis.
    plot data index 2 using 1:(stack(types)):xtic(few($1) ? stringcolumn(2) : "") with @style linetype types notitle, \
        for [n = types : 1 : -1] for [k = -edge : edge] '' index 2 using ($1 + beside(k, 1)):(stack(n)) \
            with @style linetype n linecolor rgb colours[n] title k == edge ? columnheader(n + 2) : ""
}
if (panels > 0) { unset multiplot }
