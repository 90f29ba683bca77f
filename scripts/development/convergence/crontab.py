"""Runs of backfill-activities as cron starts them, each at an hour of its own."""

from __future__ import annotations

import json
import re
import subprocess
from collections import namedtuple
from datetime import datetime, timedelta
from pathlib import Path

from pipeline import ENVIRONMENT, Pipeline

BEGIN = datetime(2025, 3, 3, 6, 20, 1)
HOUR = timedelta(hours=1)
SETTLED = timedelta(minutes=30)                     # as --settled has it by default
DOWN = datetime(2025, 3, 5).date()                  # the third day
MOST_RUNS = 24 * 30
OPTIONS = ["--source-project=progressor-x", f"--target-env={ENVIRONMENT}", "--rate-limit=1000", "--verify"]
QUOTAS = {"BACKFILL_QUOTA": "100/15m,1000/1d", "BACKFILL_COST_PER_EVENT": "2", "BACKFILL_RESERVE": "20%"}
LOOKED_UP = re.compile(r"(\d+) looked up: (\d+) landed, (\d+) reopened, (\d+) gone(?:, (\d+) held)?")
STOPPED = re.compile(r"(\d+) of (\d+) delivered events have landed, less than")

# Source: faketime(1), and the name that later versions have for it.
TRUE_MONOTONIC = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

# `sent`: requests at the dispatcher. `looked_up`: what verify said, in the order of its words; None where it said
# nothing. `stopped`: how many of how many had landed, where that was too little. `changed`: the activities that the
# checkpoint has as reopened, and as gone, since this run. `due`: what had been delivered long enough before, and was
# lost in truth.
Run = namedtuple("Run", "moment status words sent looked_up stopped changed due")


class Crontab:
    """One line of a crontab, until there is nothing to do for it any more."""

    def __init__(self, clone: Path, place: Path, pipeline: Pipeline):
        self.pipeline, self.place, self.state = pipeline, place, place / "state"
        self.filters = clone / ".build/release"
        self.command = [clone / "scripts/data/backfill-activities", *OPTIONS, f"--state={self.state}"]
        self.runs: list[Run] = []
        self._delivered: dict[int, datetime] = {}    # when the last time; what was looked up and found is not in it
        self._read = 0
        self._write_environment()

    def play(self, hours: int) -> None:
        """Until three runs in a row found nothing to send, nor to look up; or for so many hours, unless that is 0."""
        moment, idle = BEGIN, 0
        while idle < 3 and len(self.runs) < (hours or MOST_RUNS):
            run = self._tick(moment)
            if run.status not in (0, 1, 75):
                break
            is_idle = run.status != 75 and not run.sent and not run.looked_up
            idle = idle + 1 if is_idle else 0
            moment += HOUR

    def missing(self) -> set[int]:
        """What the target lacks that was not deleted before."""
        return {record["id"] for record in self._records(
            "bq-missing", "--source-project=progressor-x", f"--target-env={ENVIRONMENT}")}

    def report(self, settlement: str) -> set[int]:
        """The activities that stand there in the checkpoint."""
        return {record["event"]["object_id"] for record in self._records(
            "replay", f"--report={settlement}", f"--checkpoint={self.state / 'checkpoint.ndjson'}")}

    def _records(self, name: str, *options: str) -> list[dict]:
        command = [self.filters / name, "--quiet", *options]
        lines = subprocess.run(command, env=self._variables(), stdout=subprocess.PIPE, check=True, timeout=120).stdout
        return [json.loads(line) for line in lines.splitlines()]

    def _tick(self, moment: datetime) -> Run:
        is_down = moment.date() == DOWN
        self.pipeline.order(down=is_down)
        self.pipeline.settle(is_down)
        due = self._due(moment)
        before = self.pipeline.requests
        process = subprocess.run(
            ["faketime", "-f", f"@{moment:%Y-%m-%d %H:%M:%S}", *self.command], env=self._variables(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=300, check=False)
        words = process.stderr.decode()
        self.pipeline.settle(is_down)
        run = Run(moment, process.returncode, words, self.pipeline.requests - before, numbers(LOOKED_UP, words),
                  numbers(STOPPED, words), self._take(moment), due)
        self.runs.append(run)
        return run

    def _due(self, moment: datetime) -> set[int]:
        """What was delivered long enough ago, and is not stored."""
        stored = self.pipeline.whose("landed", "landed-late", "duplicate")
        return {identity for identity, time in self._delivered.items() if time <= moment - SETTLED} - stored

    def _take(self, moment: datetime) -> dict[str, set[int]]:
        """Takes in what the checkpoint has of this run."""
        changed: dict[str, set[int]] = {"reopened": set(), "gone": set()}
        journal = self.state / "checkpoint.ndjson"
        lines = journal.read_bytes().splitlines()[self._read:] if journal.exists() else []
        self._read += len(lines)
        for record in map(json.loads, lines):
            outcome, identity = record.get("outcome"), record.get("event", {}).get("object_id")
            if outcome in changed:
                changed[outcome].add(identity)
                self._delivered.pop(identity, None)
            if outcome == "delivered":
                self._delivered[identity] = moment
        return changed

    def _write_environment(self) -> None:
        """The pipeline's own, with quotas."""
        lines = (self.pipeline.state / "environments" / f"{ENVIRONMENT}.env").read_text(encoding="utf-8")
        lines += "".join(f"{key}={value}\n" for key, value in QUOTAS.items())
        lines += f"BACKFILL_LEDGER={self.place / 'ledger.ndjson'}\n"
        folder = self.place / "environments"
        folder.mkdir()
        (folder / f"{ENVIRONMENT}.env").write_text(lines, encoding="utf-8")

    def _variables(self) -> dict[str, str]:
        """Next to nothing, as cron gives it."""
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.place), "TZ": "UTC", "BACKFILL_BIN": str(self.filters),
                "BACKFILL_ENVIRONMENTS": str(self.place / "environments"), **TRUE_MONOTONIC}


def numbers(pattern: re.Pattern, words: str) -> tuple[int, ...] | None:
    """What the pattern's groups are in the words; None where it is not in them."""
    found = pattern.search(words)
    return tuple(int(number or 0) for number in found.groups()) if found else None
