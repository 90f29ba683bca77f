# A line of a Markdown table about the arrivals in a log of answer-201; label and rate (per second) are set by the caller.
NR == 1 { first = last = $1; next }
{
    gap = $1 - last
    if (NR == 2 || gap < shortest) shortest = gap
    if (gap > longest) longest = gap
    last = $1
}
END {
    mean = (last - first) / (NR - 1)
    printf "| %s | %d | %.4f | %.4f | %+.4f | %.3f | %.3f |\n",
        label, NR, 1 / mean, mean * 1000, (mean * rate - 1) * 100, shortest * 1000, longest * 1000
}
