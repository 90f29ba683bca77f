"""What came of a scenario: a table, and what is wrong with it."""

import json
import re
from collections import Counter
from datetime import timedelta

from crontab import parse

USABLE = {"15 minutes": 80, "a day": 800}         # calls: 100 and 1000, less a fifth
COST = 2
DONE = (r"replay: \d+ read: \d+ delivered, 0 failed, \d+ already settled, 0 rejected, 0 pending; "
        r"nothing is left\n")


class Account:
    """All that was seen of a scenario's runs."""

    def __init__(self, scenario, crontab, plans):
        self.runs, self.arrivals, self.scenario = crontab.runs, crontab.arrivals, scenario
        lines = crontab.ledger.read_text(encoding="utf-8").splitlines() if crontab.ledger.exists() else []
        self.charges = [record for record in map(json.loads, lines) if "charge" in record]
        self.taken = Counter((each.job, each.activity) for each in self.arrivals if each.status == 201)
        self.rows, self.wrong = [], []
        for job, plan in plans.items():
            self.tell(f"plan of {job} before", plan.strip().splitlines()[1].replace("replay: ", ""))
        self._tell_runs()
        self._tell_quotas()
        self._tell_events()

    def _tell_runs(self):
        runs = self.runs
        days = (runs[-1].moment - runs[0].moment).total_seconds() / 86_400
        self.tell("runs", len(runs))
        self.tell("first, last", f"{runs[0].moment:%F %R}, {runs[-1].moment:%F %R}: {days:.1f} days")
        statuses = Counter(run.status for run in runs)
        self.tell("exit statuses", ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())))
        self.tell("longest run, in true seconds", f"{max(run.seconds for run in runs):.1f}")
        finished, unusual = set(), Counter()
        for run in runs:
            status, words = self.scenario.unusual(run) or self._usual(run, finished)
            if run.status != status or not re.fullmatch(words, run.words):
                self.wrong.append(f"{run.moment:%F %R} {run.job}: status {run.status}, not {status}: {run.words!r}")
            if run.words and run.status not in (0, 75):
                unusual[run.status] += 1
            if run.status == 0:
                finished.add(run.job)
        if finished != set(self.scenario.jobs):
            self.wrong.append("there were jobs that never ended")
        silent = sum(not run.words for run in runs)
        self.tell("runs without a word under --quiet", silent)
        for run in runs:
            if run.words and run.status == 0:
                self.tell(f"last words of {run.job}", f"`{run.words.strip()}`")
        for status in unusual:
            said = next(run.words for run in runs if run.status == status).strip()
            self.tell(f"words with {status}, {unusual[status]} times", f"`{re.sub(r'/[^ ]*/', '', said)}`")

    @staticmethod
    def _usual(run, finished):
        """Done says so once, and only then."""
        if run.job in finished:
            return 0, ""
        return (0, DONE) if run.status == 0 else (75, "")

    def _tell_quotas(self):
        charged = [(parse(charge["time"]), charge["charge"]) for charge in self.charges]
        arrived = [(arrival.moment, COST) for arrival in self.arrivals]
        if not charged or not timedelta(0) <= charged[0][0] - self.runs[0].moment < timedelta(minutes=1):
            self.wrong.append(f"the first charge was not made at the time of the first run: {charged[:1]}")
        for span, usable in USABLE.items():
            most = self._most(charged, span)
            self.tell(f"calls charged in {span}, at most", f"{most} of {usable}")
            if most > usable:
                self.wrong.append(f"ledger: {most} calls in {span}, usable are {usable}")
            most = self._most(arrived, span)
            self.tell(f"calls for what arrived in {span} of true time, at most", f"{most} of {usable}")
            if most > usable:
                self.wrong.append(f"dispatcher: {most} calls in {span}, usable are {usable}")
        refunds = sum(charge["charge"] < 0 for charge in self.charges)
        self.tell("charges, refunds", f"{len(self.charges) - refunds}, {refunds}")

    @staticmethod
    def _most(calls, span):
        """The most calls in a natural window."""
        windows = Counter()
        for moment, count in calls:
            windows[moment.date() if span == "a day" else (moment.date(), moment.hour, moment.minute // 15)] += count
        return max(windows.values(), default=0)

    def _tell_events(self):
        expected = sum(self.scenario.jobs.values())
        doubled = sum(count > 1 for count in self.taken.values())
        lost = expected - len(self.taken)
        shares = Counter(job for job, _ in self.taken)
        self.tell("events that arrived", f"{len(self.taken)} of {expected}: {doubled} more than once, {lost} never" + (
            f" ({', '.join(f'{job} {count}' for job, count in sorted(shares.items()))})" if len(shares) > 1 else ""))
        if doubled or lost:
            self.wrong.append(f"events: {doubled} doubled, {lost} lost")
        others = Counter(arrival.status for arrival in self.arrivals if arrival.status != 201)
        for status, count in others.items():
            self.tell(f"requests answered with {status}", count)

    def tell(self, what, seen):
        """A row of the table."""
        self.rows.append(f"| {what} | {seen} |")

    def table(self, title):
        """In Markdown, with what is wrong below."""
        wrong = "".join(f"- wrong: {each}\n" for each in self.wrong[:20])
        more = f"- {len(self.wrong) - 20} more of these\n" if len(self.wrong) > 20 else ""
        return f"### {title}\n\n| what | seen |\n|---|---|\n" + "\n".join(self.rows) + f"\n\n{wrong}{more}"
