"""What happens in the two weeks: to the clock, to the dispatcher, to the jobs."""

import json
import re
import socket
import time
from datetime import datetime, timedelta

from crontab import TRUE_MONOTONIC, parse

BEGIN = datetime(2026, 11, 23, 14, 7, 1)        # cron's minute, and a second until the run looks at the clock
QUARTER = timedelta(minutes=15)
MIDDLE = datetime(2026, 11, 27, 1, 7, 1)        # on the fifth day, while events are sent
MOST_RUNS = 2000


class Fair:
    """Nothing happens."""

    jobs = {"local": 5000}
    # Events more in a day than its quota has, for which the scenario has a reason.
    # When the first runs are.
    begin = BEGIN

    def play(self, crontab):
        """A run every quarter of an hour until nothing is left, and one more."""
        moment, rest = self.begin, 2
        while rest and len(crontab.runs) < MOST_RUNS * len(self.jobs):
            shown, speed = self.clock(moment)
            self.before(crontab, moment)
            runs = crontab.tick(list(self.jobs), moment, shown, speed)
            if any(run.status not in (0, 75) and not self.unusual(run) for run in runs):
                break       # the table tells what it said
            if all(run.status == 0 for run in runs):
                rest -= 1
            moment += QUARTER

    def clock(self, moment):
        """What the machine's clock shows, and how fast it goes."""
        return moment, 1

    def before(self, crontab, moment):
        """What happens before the runs of a moment."""

    def unusual(self, run):
        """The status and the pattern of the words of a run that is not like all others; None when it is like them."""
        return None


class Two(Fair):
    """Two jobs at the same moments on one ledger."""

    jobs = {"local": 2500, "dev": 2500}


class SetBack(Fair):
    """The clock is set back an hour, for good."""

    def clock(self, moment):
        return moment - timedelta(hours=1 if moment >= MIDDLE else 0), 1


class Outage(Fair):
    """A day on which nobody listens; its pauses are played fast."""

    def clock(self, moment):
        return moment, 60 if MIDDLE <= moment < MIDDLE + timedelta(days=1) else 1

    def before(self, crontab, moment):
        if moment == MIDDLE:
            self.break_off(crontab)
        if moment == MIDDLE + timedelta(days=1):
            self.mend(crontab)

    def unusual(self, run):
        # The one word about it, in the third run that gets nothing through.
        said = "replay: the same end in 3 runs in a row: 5 events used up their attempts: "
        return (75, re.escape(said) + ".*\n") if run.words.startswith(said) else None

    def break_off(self, crontab):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            crontab.lead("local", free.getsockname()[1])

    def mend(self, crontab):
        crontab.lead("local", crontab.port)


class Busy(Outage):
    """A day on which each request is answered with 503."""

    def break_off(self, crontab):
        crontab.order(fail_next=1_000_000, status=503)

    def mend(self, crontab):
        crontab.order(fail_next=0)


class Suspended(Fair):
    """One run with --wait: the clock jumps by an hour while it waits for its second window."""

    jobs = {"local": 100}
    begin = BEGIN.replace(minute=14, second=0)

    def play(self, crontab):
        offset = int((self.begin - datetime(1970, 1, 1)).total_seconds() - time.time())
        clock = crontab.place / "clock"
        clock.write_text(f"{offset:+d}\n", encoding="utf-8")
        begin = time.monotonic()
        # The clock of a file, which may change: the variable that faketime sets would win over it.
        follow = ["+0", "env", "-u", "FAKETIME", f"FAKETIME_TIMESTAMP_FILE={clock}", "FAKETIME_NO_CACHE=1"]
        process = crontab.start("local", ["--quiet", "--wait"], follow, TRUE_MONOTONIC)
        time.sleep(5)
        clock.write_text(f"{offset + 3600:+d}\n", encoding="utf-8")
        crontab.end(process, "local", self.begin, begin)
        with open(crontab.place / "local.results", encoding="utf-8") as file:
            results = [json.loads(line) for line in file]
        times = {result["event"]["object_id"]: parse(result["time"]) for result in results}
        crontab.take_arrivals(times.get)

    def unusual(self, run):
        return 0, ""        # a job that was done by its first run has nothing to say to cron


class Jump(Fair):
    """The clock is three days ahead for one run; an hour later somebody does what the message says."""

    ahead = (r"replay: \S+: ahead of the clock by more than a day: last charge \S+, now \S+; "
             r"set the clock; if it is right, give the lines of \S+ that are later the time of now\n")

    def clock(self, moment):
        return moment + timedelta(days=3 if moment == MIDDLE else 0), 1

    def before(self, crontab, moment):
        if moment != MIDDLE + 5 * QUARTER:
            return
        lines = crontab.ledger.read_text(encoding="utf-8").splitlines(keepends=True)
        crontab.ledger.write_text("".join(mended(line, moment) for line in lines), encoding="utf-8")

    def unusual(self, run):
        return (78, self.ahead) if MIDDLE < run.moment < MIDDLE + 5 * QUARTER else None


def mended(line, moment):
    """The line of a ledger, its time no later than `moment`."""
    time = json.loads(line).get("time")
    return line if time is None or parse(time) <= moment else line.replace(time, f"{moment:%Y-%m-%dT%H:%M:%SZ}")


SCENARIOS = {"fair": Fair, "two": Two, "set-back": SetBack, "outage": Outage, "busy": Busy, "suspended": Suspended,
             "jump": Jump}
