"""What a test may ask of the pipeline: faults for the next requests, counts, and what was received."""

import json
import threading

NAMES = ["requests", "accepted", "refused", "faults", "ignored", "dropped_updates",
         "inserted", "duplicates", "deleted", "unknown", "failed", "dropped", "gone"]


def check(orders, known):
    """Raises ValueError unless each order is known, and of its type. `known` maps names to types."""
    for name, value in orders.items():
        if name not in known:
            raise ValueError(f"{name}: no such order")
        if type(value) is not known[name]:
            raise ValueError(f"{name}: not of type {known[name].__name__}")


class Counts:
    """How often each thing happened, over all and for each environment."""

    def __init__(self, environments):
        self._environments = environments
        self._lock = threading.Lock()
        self.reset()

    def reset(self):
        with self._lock:
            self._counts = {environment.name: dict.fromkeys(NAMES, 0) for environment in self._environments}

    def add(self, environment, **more):
        with self._lock:
            for name, number in more.items():
                self._counts[environment.name][name] += number

    def snapshot(self):
        with self._lock:
            total = {name: sum(counts[name] for counts in self._counts.values()) for name in NAMES}
            return total | {"environments": {name: dict(counts) for name, counts in self._counts.items()}}


class Faults:
    """The failures that a test ordered; each request takes at most one."""

    ORDERS = {"fail_next": int, "status": int, "retry_after": str, "drop_next": int, "delay_ms": int}

    def __init__(self):
        self._lock = threading.Lock()
        self.reset()

    def reset(self):
        with self._lock:
            self._fail_next, self._drop_next, self._status, self._retry_after, self._delay_ms = 0, 0, 500, None, 0

    def order(self, orders):
        """Takes orders that were checked. `delay_ms` lasts until it is 0 again."""
        with self._lock:
            self._drop_next = orders.get("drop_next", self._drop_next)
            self._delay_ms = orders.get("delay_ms", self._delay_ms)
            if "fail_next" in orders:
                self._fail_next = orders["fail_next"]
                self._status, self._retry_after = orders.get("status", 500), orders.get("retry_after")

    def next(self):
        """(seconds to wait, drop the connection, status to fail with or None, Retry-After or None)"""
        with self._lock:
            delay = self._delay_ms / 1000
            if self._drop_next > 0:
                self._drop_next -= 1
                return delay, True, None, None
            if self._fail_next > 0:
                self._fail_next -= 1
                return delay, False, self._status, self._retry_after
            return delay, False, None, None


class Log:
    """What happened, in its order: one JSON object a line, in an append-only file."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self._path = path
        self._file = open(path, "ab")
        self._start = self._file.tell()

    def reset(self):
        """What was written so far stays in the file and is no longer shown."""
        with self._lock:
            self._start = self._file.tell()

    def append(self, **record):
        with self._lock:
            self._file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            self._file.flush()

    def since_reset(self):
        with self._lock, open(self._path, "rb") as file:
            file.seek(self._start)
            return file.read()
