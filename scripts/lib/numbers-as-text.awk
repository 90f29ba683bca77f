# JSON lines in, the same with their numbers as strings out: jq 1.6 rounds ids above 2^53, and no text.
{
    out = ""
    rest = $0
    # What stands before a string has no quotes in it, so what looks like a number there is one.
    while (match(rest, /"([^"\\]|\\.)*"/)) {
        between = substr(rest, 1, RSTART - 1)
        gsub(/-?[0-9][0-9.eE+-]*/, "\"&\"", between)
        out = out between substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
    }
    gsub(/-?[0-9][0-9.eE+-]*/, "\"&\"", rest)
    print out rest
}
