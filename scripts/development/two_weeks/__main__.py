"""Plays the scenarios one after the other: REPLAY FOLDER PORT SCENARIO... Run by two-weeks."""

import sys
import time
from pathlib import Path

from account import Account
from crontab import Crontab
from scenarios import SCENARIOS

SUBSCRIPTIONS = {"local": 12345, "dev": 12346}      # of the dispatcher's environments


def main():
    replay, folder, port, *names = sys.argv[1:]
    is_right = True
    for name in names:
        begin = time.monotonic()
        scenario, place = SCENARIOS[name](), Path(folder, name)
        place.mkdir()
        crontab, first = Crontab(replay, place, int(port)), 1
        for job, count in scenario.jobs.items():
            crontab.add_job(job, SUBSCRIPTIONS[job], first, count)
            first += count
        plans = {job: crontab.plan(job, scenario.begin) for job in scenario.jobs}
        scenario.play(crontab)
        account = Account(scenario, crontab, plans)
        account.tell("played in, true seconds", f"{time.monotonic() - begin:.0f}")
        print(account.table(f"{name}: {scenario.__doc__.splitlines()[0]}"), flush=True)
        is_right = is_right and not account.wrong
    sys.exit(0 if is_right else 1)


if __name__ == "__main__":
    main()
