"""The local pipeline: what it is told to lose, and what it really lost."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

ENVIRONMENT = "local"
LOSSES = {"drop_percent": 5, "gone_percent": 3, "refuse_percent": 2}


class Pipeline:
    """Its orders go to /control, its news are read from its logs."""

    def __init__(self, state: Path):
        self.state = state
        self.port = int((state / "pipeline.port").read_text())
        self.deliveries: dict[int, int] = {}        # how often each activity came
        self.fates: dict[int, str] = {}             # what became of each at last
        self.dropped: set[int] = set()              # at their first delivery
        self.requests = 0
        self._news = {name: open(state / name, "rb") for name in ("pipeline.log", "fates.ndjson")}

    def lose(self, seed: int) -> None:
        self.order(loss_seed=seed, **LOSSES)

    def order(self, **orders) -> None:
        self._call("POST", "/control", json.dumps(orders), 200)

    def settle(self, is_down: bool) -> None:
        """Waits until all is stored that will be, and takes in what became of it."""
        self._call("GET", "/control/drained", None, *((200, 503) if is_down else (200,)))
        self.requests += sum(1 for _ in self._news["pipeline.log"])
        for line in self._news["fates.ndjson"]:
            record = json.loads(line)
            identity = record["id"]
            self.fates[identity] = record["fate"]
            self.deliveries[identity] = record["delivery"]
            if record["fate"] == "dropped":
                self.dropped.add(identity)

    def whose(self, *fates: str) -> set[int]:
        """The activities with such a fate."""
        return {identity for identity, fate in self.fates.items() if fate in fates}

    def _call(self, method: str, path: str, body: str | None, *statuses: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in statuses:
            raise RuntimeError(f"{method} {path}: {answer.status}: {text!r}")
