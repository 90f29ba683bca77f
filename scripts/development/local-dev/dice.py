"""Chance that is the same everywhere."""

_WORD = (1 << 64) - 1


class Dice:
    """A splitmix64 generator.

    Not Python's `random`: its higher functions have changed between versions, and one seed must
    give the same bytes on every machine, because tests count what is in the sample.
    """

    def __init__(self, seed):
        self._state = seed & _WORD

    def below(self, limit):
        """A whole number from 0 to limit - 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _WORD
        word = self._state
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _WORD
        return (word ^ (word >> 31)) % limit

    def between(self, low, high):
        """A whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def tenths(self, low, high):
        """A number with one decimal, like the distances that watches report."""
        return self.between(low * 10, high * 10) / 10

    def choice(self, items):
        """One of the items, each as likely as the others."""
        return items[self.below(len(items))]
