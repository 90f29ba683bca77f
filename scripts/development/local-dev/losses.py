"""A pipeline that loses, as a real one may: which activities it loses, and how. Each choice hangs on the id alone."""

from __future__ import annotations

import collections
import threading

from dice import Dice


class Losses:
    """What was ordered to be lost, and how often each activity was delivered.

    The three shares are of the activities and never overlap, so that each is lost in one way at most.
    """

    SHARES = {"refuse_percent": "refused", "gone_percent": "deleted-at-strava", "drop_percent": "dropped"}
    ORDERS = dict.fromkeys(SHARES, int) | {"loss_seed": int, "down": bool}

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._orders = dict.fromkeys(self.SHARES, 0) | {"loss_seed": 1, "down": False}
            self._deliveries: collections.Counter = collections.Counter()

    def order(self, orders: dict) -> None:
        """Takes orders that were found to be of the right types; raises ValueError for shares that are none."""
        with self._lock:
            wanted = self._orders | orders
            shares = [wanted[name] for name in self.SHARES]
            if min(shares) < 0 or sum(shares) > 100:
                raise ValueError(f"{', '.join(self.SHARES)}: not shares of one hundred")
            self._orders = wanted

    @property
    def is_down(self) -> bool:
        """The consumers are: what is accepted waits in the queue."""
        with self._lock:
            return self._orders["down"]

    def arrival(self, environment, identity: int) -> int:
        """Counts a delivery, and returns which one of the activity it is, from 1."""
        with self._lock:
            self._deliveries[environment.name, identity] += 1
            return self._deliveries[environment.name, identity]

    def refuses(self, identity: int) -> bool:
        """Whether the dispatcher takes no event of this activity, however often it comes."""
        return self._share(identity) == "refused"

    def loses(self, identity: int, delivery: int) -> str | None:
        """How an accepted delivery is lost; None when it is to land. What is dropped lands when it comes again."""
        fate = self._share(identity)
        return None if fate == "dropped" and delivery > 1 else fate

    def _share(self, identity: int) -> str | None:
        with self._lock:
            orders = self._orders
        place = Dice(identity ^ orders["loss_seed"] << 32).below(100)
        for name, fate in self.SHARES.items():
            if place < orders[name]:
                return fate
            place -= orders[name]
        return None
