"""What the real pipeline does behind its dispatcher: an accepted event becomes a row, a moment later."""

import collections
import http.client
import json
import sys
import threading
import time

from dispatcher import Refusal
from emulator import Emulator, EmulatorError
from minimal import minimal_row

BATCH = 500         # events that are looked up and inserted together
MOMENT = 0.2        # seconds that a batch waits for more, and that the real pipeline takes at the least
ATTEMPTS = 5


# The count of each fate; what is held has another one later.
COUNTED = {"landed": "inserted", "landed-late": "inserted", "duplicate": "duplicates", "deleted": "deleted",
           "unknown": "unknown", "failed": "failed", "dropped": "dropped", "deleted-at-strava": "gone"}

# `number`: how often the activity was delivered, with this time. `is_late`: it came while the consumers were down.
Delivery = collections.namedtuple("Delivery", "environment identity number is_late")


class Landing:
    """The queue between dispatcher and table, and the thread that empties it."""

    def __init__(self, emulator_url, activities, counts, losses, fates):
        self.fates = fates                  # the Log of what became of each delivery
        self._emulator_url = emulator_url
        self._activities = activities       # id: the row as a line of JSON, parsed only when it lands
        self._counts = counts
        self._losses = losses
        self._queue = collections.deque()
        self._landing = 0                   # taken from the queue, not yet in the table
        self._changed = threading.Condition()

    def start(self):
        threading.Thread(target=self._run, daemon=True).start()

    def reset(self):
        """Nothing is lost any more, and deliveries are counted anew."""
        self._losses.reset()
        self.fates.reset()
        self._wake()

    def order(self, orders):
        """Takes orders about what is to be lost."""
        self._losses.order(orders)
        self._wake()

    def accept(self, environment, identity):
        """Takes a delivery into the queue; raises Refusal where the dispatcher is to take none of this activity."""
        number = self._losses.arrival(environment, identity)
        delivery = Delivery(environment, identity, number, self._losses.is_down)
        if self._losses.refuses(identity):
            self._note(delivery, "refused")
            raise Refusal(400, "refused, as ordered by a test")
        if delivery.is_late:
            self._note(delivery, "held")
        with self._changed:
            self._queue.append(delivery)
            self._changed.notify_all()

    def pending(self):
        with self._changed:
            return len(self._queue) + self._landing

    def drain(self, seconds):
        """Waits until all that was accepted is in the tables; False when that would take longer than `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_drained() or self._losses.is_down, seconds)
            return self._is_drained()

    def _is_drained(self):
        return not self._queue and not self._landing

    def _wake(self):
        with self._changed:
            self._changed.notify_all()

    def _run(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue and not self._losses.is_down)
            time.sleep(MOMENT)
            with self._changed:
                taken = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
                self._landing = len(taken)
            batches = collections.defaultdict(list)
            for delivery in taken:
                fate = self._losses.loses(delivery.identity, delivery.number)
                if fate:
                    self._end(delivery, fate)
                else:
                    batches[delivery.environment].append(delivery)
            for environment, deliveries in batches.items():
                self._try(environment, deliveries)
            with self._changed:
                self._landing = 0
                self._changed.notify_all()

    def _try(self, environment, deliveries):
        """Lands a batch; a failed one is tried again, as a queue would, and then given up and counted."""
        for attempt in range(ATTEMPTS):
            try:
                # A new connection each time: the emulator closes one that was idle for five seconds.
                return self._land(Emulator(self._emulator_url), environment, deliveries)
            except (EmulatorError, OSError, http.client.HTTPException) as error:
                print(f"pipeline: {environment.name}: {error}", file=sys.stderr)
                time.sleep(MOMENT * 2**attempt)
        for delivery in deliveries:
            self._end(delivery, "failed")

    def _land(self, emulator, environment, deliveries):
        """Each id once. The tables are asked, not our memory: a test may have removed rows."""
        distinct = {delivery.identity for delivery in deliveries}
        deleted = emulator.ids(environment.deleted_table, distinct)
        present = emulator.ids(environment.target_table, distinct - deleted)
        unknown = distinct - deleted - present - self._activities.keys()
        new = sorted(distinct - deleted - present - unknown)
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        if new:
            rows = [minimal_row(json.loads(self._activities[identity]), now) for identity in new]
            emulator.insert(environment.target_table, rows)
        fates = {identity: fate for identities, fate in
                 [(deleted, "deleted"), (present, "duplicate"), (unknown, "unknown")] for identity in identities}
        for delivery in deliveries:
            self._end(delivery, fates.get(delivery.identity, "landed-late" if delivery.is_late else "landed"))
            fates.setdefault(delivery.identity, "duplicate")

    def _end(self, delivery, fate):
        """Counts what became of a delivery, and notes it."""
        self._counts.add(delivery.environment, **{COUNTED[fate]: 1})
        self._note(delivery, fate)

    def _note(self, delivery, fate):
        self.fates.append(environment=delivery.environment.name, id=delivery.identity, delivery=delivery.number,
                          fate=fate)
