"""What came of the runs: a table, and what is wrong with it."""

from __future__ import annotations

from collections import Counter

from crontab import DOWN, Crontab, Run
from pipeline import Pipeline


class Account:
    """Compares, in sets of activities, what was said with what was lost."""

    def __init__(self, crontab: Crontab, pipeline: Pipeline):
        self.runs, self.pipeline, self.crontab = crontab.runs, pipeline, crontab
        self.wrong: list[str] = []
        self.ends: list[tuple[str, str]] = []
        for run in self.runs:
            self._judge(run)
        self._judge_down_day()
        self._judge_end()

    def _expect(self, holds: bool, words: str) -> None:
        if not holds:
            self.wrong.append(words)

    def _judge(self, run: Run) -> None:
        """Each run reopens or gives up all that was lost and due, and nothing else."""
        name = f"{run.moment:%F %R}"
        changed = run.changed["reopened"] | run.changed["gone"]
        self._expect(run.status in (0, 1, 75), f"{name}: status {run.status}: {run.words.strip()}")
        if run.stopped:
            self._expect((run.status, run.sent, changed) == (75, 0, set()),
                         f"{name}: too little had landed, and it went on: status {run.status}, {run.sent} sent")
            self._expect(run.stopped[1] - run.stopped[0] <= len(run.due), f"{name}: {run.stopped}: less was lost")
        elif run.looked_up:
            looked_up, landed, reopened, gone, held = run.looked_up
            self._expect(changed <= run.due,
                         f"{name}: reopened or given up, and not lost: {sorted(changed - run.due)[:3]}")
            self._expect(len(run.due - changed) == held, f"{name}: lost, and not seen: {sorted(run.due - changed)[:3]}")
            self._expect((reopened, gone) == (len(run.changed["reopened"]), len(run.changed["gone"])),
                         f"{name}: said {reopened} reopened, {gone} gone; the checkpoint has others")
            self._expect(looked_up == landed + reopened + gone + held, f"{name}: {looked_up} looked up is no sum")
        else:
            self._expect(not changed, f"{name}: changed without looking anything up: {sorted(changed)[:3]}")

    def _judge_down_day(self) -> None:
        """From the second run on each one stops: what the first sent does not land."""
        first, *rest = [run for run in self.runs if run.moment.date() == DOWN] or [None]
        self._expect(bool(first and first.sent and rest), f"{DOWN}: nothing was sent while the consumers were down")
        for run in rest:
            self._expect(bool(run.stopped), f"{run.moment:%F %R}: the consumers are down, and it did not stop")

    def _judge_end(self) -> None:
        deleted, refused = self.pipeline.whose("deleted-at-strava"), self.pipeline.whose("refused")
        most = max(self.pipeline.deliveries.values(), default=0)
        self._compare("gone", self.crontab.report("gone"), "deleted at Strava", deleted)
        self._compare("failed", self.crontab.report("failed"), "refused", refused)
        self._compare("still missing", self.crontab.missing(), "deleted or refused", deleted | refused)
        self._compare("dropped", self.pipeline.dropped, "landed when they came again",
                      self.pipeline.dropped & self.pipeline.whose("landed", "landed-late"))
        self._expect(all(map(len, (deleted, refused, self.pipeline.dropped))), "nothing was lost: no rehearsal")
        self._tell("deliveries of an activity, at most", f"{most}")
        self._expect(most == 2, f"an activity was delivered {most} times")
        last = self.runs[-1]
        expected = 1 if deleted else 0              # what is gone is not done
        self._tell("the last run", f"status {last.status}, {last.sent} sent")
        self._expect((last.status, last.sent) == (expected, 0), f"the last run: status {last.status}, {last.sent} sent")

    def _compare(self, one: str, ones: set[int], other: str, others: set[int]) -> None:
        verdict = "the same" if ones == others else f"**{len(ones ^ others)} differ**"
        self._tell(f"{one} = {other}", f"{len(ones)} and {len(others)}: {verdict}")
        self._expect(ones == others, f"{one}: {len(ones - others)} are not {other}, {len(others - ones)} others are")

    def _tell(self, what: str, seen: str) -> None:
        self.ends.append((what, seen))

    def table(self, seconds: float) -> str:
        """In Markdown: the runs that did something, then the end; below it what is wrong."""
        rows, silent = [], Counter()
        for run in self.runs:
            text = row(run)
            if not (run.sent or run.looked_up or run.stopped):
                silent[run.status] += 1
            elif rows and rows[-1][1:] == text[1:]:
                rows[-1] = (rows[-1][0].partition(" to ")[0] + f" to {text[0]}", *text[1:])
            else:
                rows.append(text)
        quiet = ", ".join(f"{count} with {status}" for status, count in sorted(silent.items()))
        self._tell("runs, requests", f"{len(self.runs)}, {self.pipeline.requests}")
        self._tell("runs that sent and looked up nothing", quiet or "none")
        self._tell("played in, true seconds", f"{seconds:.0f}")
        head = "| run | sent | looked up | landed | reopened | gone | held | lost in truth | status |\n"
        lines = "".join(f"| {' | '.join(columns)} |\n" for columns in rows)
        ends = "".join(f"| {what} | {seen} |\n" for what, seen in self.ends)
        wrong = "".join(f"- wrong: {each}\n" for each in self.wrong[:20])
        return head + "|---" * 9 + "|\n" + lines + "\n| at the end | |\n|---|---|\n" + ends + "\n" + wrong


def row(run: Run) -> tuple[str, ...]:
    """The run's line of the table. Where it stopped, it told of first deliveries only."""
    said = run.looked_up or ((run.stopped[1], run.stopped[0], "too few", "", "") if run.stopped else ("",) * 5)
    return tuple(map(str, [f"{run.moment:%F %R}", run.sent, *said, len(run.due), run.status]))
