"""What the real pipeline does behind its dispatcher: an accepted event becomes a row, a moment later."""

import collections
import http.client
import json
import sys
import threading
import time

from emulator import Emulator, EmulatorError
from minimal import minimal_row

BATCH = 500         # events that are looked up and inserted together
MOMENT = 0.2        # seconds that a batch waits for more, and that the real pipeline takes at the least
ATTEMPTS = 5


class Landing:
    """The queue between dispatcher and table, and the thread that empties it."""

    def __init__(self, emulator_url, activities, counts):
        self._emulator_url = emulator_url
        self._activities = activities       # id: the row as a line of JSON, parsed only when it lands
        self._counts = counts
        self._queue = collections.deque()
        self._landing = 0                   # taken from the queue, not yet in the table
        self._changed = threading.Condition()

    def start(self):
        threading.Thread(target=self._run, daemon=True).start()

    def accept(self, environment, identity):
        with self._changed:
            self._queue.append((environment, identity))
            self._changed.notify_all()

    def pending(self):
        with self._changed:
            return len(self._queue) + self._landing

    def drain(self, seconds):
        """Waits until all that was accepted is in the tables; False when that took longer than `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._landing, seconds)

    def _run(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue)
            time.sleep(MOMENT)
            with self._changed:
                taken = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
                self._landing = len(taken)
            batches = collections.defaultdict(list)
            for environment, identity in taken:
                batches[environment].append(identity)
            for environment, identities in batches.items():
                self._try(environment, identities)
            with self._changed:
                self._landing = 0
                self._changed.notify_all()

    def _try(self, environment, identities):
        """Lands a batch; a failed one is tried again, as a queue would, and then given up and counted."""
        for attempt in range(ATTEMPTS):
            try:
                # A new connection each time: the emulator closes one that was idle for five seconds.
                return self._land(Emulator(self._emulator_url), environment, identities)
            except (EmulatorError, OSError, http.client.HTTPException) as error:
                print(f"pipeline: {environment.name}: {error}", file=sys.stderr)
                time.sleep(MOMENT * 2**attempt)
        self._counts.add(environment, failed=len(identities))

    def _land(self, emulator, environment, identities):
        """Each id once. The tables are asked, not our memory: a test may have removed rows."""
        distinct = set(identities)
        deleted = emulator.ids(environment.deleted_table, distinct)
        present = emulator.ids(environment.target_table, distinct - deleted)
        unknown = distinct - deleted - present - self._activities.keys()
        new = sorted(distinct - deleted - present - unknown)
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        if new:
            rows = [minimal_row(json.loads(self._activities[identity]), now) for identity in new]
            emulator.insert(environment.target_table, rows)
        gone = sum(identity in deleted for identity in identities)
        lost = sum(identity in unknown for identity in identities)
        self._counts.add(environment, inserted=len(new), deleted=gone, unknown=lost,
                         duplicates=len(identities) - len(new) - gone - lost)
