"""The environments of a local set-up: names, tables, subscriptions. All that leads to them is said here."""

import json
from collections import namedtuple
from pathlib import Path

SOURCE_TABLE = "progressor-x.strava.activities"


class Environment(namedtuple("Environment", "name subscription_id present_percent protected")):
    """One copy of the new system; `present_percent` of the old activities are there already."""

    @property
    def target_table(self):
        return f"desirelines-{self.name}.desirelines.activities"

    @property
    def deleted_table(self):
        return f"desirelines-{self.name}.desirelines.deleted_activities"

    @property
    def path(self):
        """Where its dispatcher listens, on the one port that serves them all."""
        return "/webhook" if self.name == "local" else f"/{self.name}/webhook"

    def write_file(self, directory, port, emulator):
        """Writes NAME.env, which the backfill reads for `--target-env NAME`."""
        lines = [
            f"BACKFILL_SOURCE_TABLE={SOURCE_TABLE}",
            f"BACKFILL_TARGET_TABLE={self.target_table}",
            f"BACKFILL_EXCLUDE_TABLE={self.deleted_table}",
            f"BACKFILL_DISPATCHER_URL=http://127.0.0.1:{port}{self.path}",
            f"BACKFILL_SUBSCRIPTION_ID={self.subscription_id}",
            f"BIGQUERY_EMULATOR_HOST={emulator}",
        ]
        lines += ["BACKFILL_PROTECTED=yes"] if self.protected else []
        Path(directory, f"{self.name}.env").write_text("".join(line + "\n" for line in lines), encoding="utf-8")


ALL = [
    Environment("local", 12345, present_percent=33, protected=False),
    Environment("dev", 12346, present_percent=50, protected=False),
    Environment("prod", 12347, present_percent=20, protected=True),
]


def schema(table):
    """The fields of activities_full, activities_minimal or deleted_activities."""
    return json.loads(Path(__file__).parents[3].joinpath("schemas", f"{table}.json").read_text(encoding="utf-8"))
