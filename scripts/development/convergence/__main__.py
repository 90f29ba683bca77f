"""Plays the runs and judges them: CLONE PLACE SEED HOURS. Run by converge."""

import sys
import time
from pathlib import Path

from account import Account
from crontab import Crontab
from pipeline import Pipeline


def main():
    clone, place, seed, hours = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    begin = time.monotonic()
    pipeline = Pipeline(place / "local")
    pipeline.lose(seed)
    crontab = Crontab(clone, place, pipeline)
    crontab.play(hours)
    if hours:
        return
    account = Account(crontab, pipeline)
    print(account.table(time.monotonic() - begin), flush=True)
    sys.exit(1 if account.wrong else 0)


if __name__ == "__main__":
    main()
