#!/usr/bin/env python3
"""Do to-webhook's job with orjson, as fast as Python goes: rows or references on stdin, webhook events on stdout."""

import sys
from datetime import datetime

import orjson

EVENT = (b'{"object_type":"activity","object_id":%%d,"aspect_type":"create","owner_id":%%d,"subscription_id":%d,'
         b'"event_time":%%d,"updates":{}}\n')


def main():
    event = EVENT % int(sys.argv[1])
    # Names that Python need not look up for each line. Formatting is faster here than orjson.dumps.
    loads, moment = orjson.loads, datetime.fromisoformat
    with open(0, "rb", 1 << 18, closefd=False) as lines, open(1, "wb", 1 << 16, closefd=False) as events:
        write = events.write
        for line in lines:
            row = loads(line)
            athlete = row.get("athlete")
            write(event % (row["id"], athlete["id"] if athlete else row["athlete_id"],
                           moment(row["start_date"]).timestamp()))


if __name__ == "__main__":
    main()
