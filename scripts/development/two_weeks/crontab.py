"""Runs of replay as cron starts them, each at a time of day of its own, and what arrived meanwhile."""

import http.client
import json
import os
import subprocess
import time
from collections import namedtuple
from datetime import datetime

QUOTAS = ["--quota=100/15m", "--quota=1000/1d", "--cost-per-event=2", "--reserve=20%"]

# Source: faketime(1), and the name that later versions have for it.
TRUE_MONOTONIC = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

# `moment` is the true time of the play, whatever the machine's clock showed; `words` stood on stderr.
Run = namedtuple("Run", "moment job status words seconds")
Arrival = namedtuple("Arrival", "moment job status activity")


class Crontab:
    """The jobs of one machine, each for an environment of its own, on one ledger.

    Pauses and the pace stay on the true monotonic clock, unless a run is played at another `speed`.
    """

    def __init__(self, replay, place, port):
        self.replay, self.place, self.port = replay, place, port
        self.ledger = place / "ledger.ndjson"
        self.runs, self.arrivals = [], []
        self._log = open(place.parent / "dispatcher.log", "rb")
        self._log.seek(0, os.SEEK_END)
        self._runs = open(place / "runs.ndjson", "w", encoding="utf-8")
        (place / "environments").mkdir()

    def add_job(self, job, subscription, first, count):
        """A file of events, and an environment that leads to the dispatcher."""
        with open(self.place / f"{job}.events", "w", encoding="utf-8") as file:
            for number in range(first, first + count):
                file.write(json.dumps({
                    "object_type": "activity", "object_id": number, "aspect_type": "create", "owner_id": 7,
                    "subscription_id": subscription, "event_time": 1_700_000_000 + number, "updates": {},
                }, separators=(",", ":")) + "\n")
        self.lead(job, self.port)

    def lead(self, job, port):
        """From now on the job's environment is at this port."""
        path = "/webhook" if job == "local" else f"/{job}/webhook"
        file = self.place / "environments" / f"{job}.env"
        file.write_text(f"BACKFILL_DISPATCHER_URL=http://127.0.0.1:{port}{path}\n", encoding="utf-8")

    def order(self, **faults):
        """Orders faults of the dispatcher."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/control", json.dumps(faults))
        assert connection.getresponse().status == 200

    def start(self, job, options, clock, environment):
        """One run in the background, as cron starts it: with next to no environment."""
        command = ["faketime", "-f", *clock, self.replay, f"--target-env={job}", *QUOTAS, f"--ledger={self.ledger}",
                   f"--checkpoint={self.place / job}.checkpoint", "--rate-limit=1000", *options]
        variables = {"PATH": "/usr/bin:/bin", "HOME": str(self.place), "TZ": "UTC",
                     "BACKFILL_ENVIRONMENTS": str(self.place / "environments"), **environment}
        with open(self.place / f"{job}.events", "rb") as events, open(self.place / f"{job}.results", "ab") as results:
            return subprocess.Popen(command, stdin=events, stdout=results, stderr=subprocess.PIPE, env=variables)

    def plan(self, job, shown):
        """What --dry-run says at a time that the clock shows."""
        process = self.start(job, ["--dry-run"], [f"@{shown:%Y-%m-%d %H:%M:%S}"], TRUE_MONOTONIC)
        return process.communicate(timeout=300)[1].decode()

    def tick(self, jobs, moment, shown, speed=1):
        """Runs all jobs at once, at a time that the clock shows; returns their runs."""
        clock = f"@{shown:%Y-%m-%d %H:%M:%S}" + (f" x{speed}" if speed > 1 else "")
        begin = time.monotonic()
        processes = [self.start(job, ["--quiet"], [clock], {} if speed > 1 else TRUE_MONOTONIC) for job in jobs]
        runs = [self.end(process, job, moment, begin) for job, process in zip(jobs, processes)]
        self.take_arrivals(lambda _: moment)
        return runs

    def end(self, process, job, moment, begin):
        """Waits for the end of a run."""
        words = process.communicate(timeout=300)[1].decode()
        run = Run(moment, job, process.returncode, words, time.monotonic() - begin)
        self.runs.append(run)
        self._runs.write(json.dumps([f"{moment}", *run[1:]]) + "\n")
        return run

    def take_arrivals(self, moment):
        """Takes in what the dispatcher wrote of all requests since the last time. `moment` knows when an activity came."""
        for line in self._log:
            record = json.loads(line)
            activity = json.loads(record["body"])["object_id"]
            self.arrivals.append(Arrival(moment(activity), record["environment"], record["status"], activity))


def parse(text):
    """The time in a record of replay's."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
