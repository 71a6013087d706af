"""How many different users there are, without remembering who: a sketch of 8 KiB at most, which can be merged."""

from typing import Self

from datasketches import hll_sketch, hll_union, tgt_hll_type

PRECISION = 14
"""The logarithm of the number of registers. Up to some 1,500 users are counted exactly (as 32-bit coupons, of which
two users share one once in a hundred sketches of that size); beyond, the standard error is 0.8 %.
Source: https://datasketches.apache.org/docs/HLL/HllSketchVsDruidHyperLogLogCollector.html (1.04 / sqrt(2 ** 14))"""


class UserSketch:
    """A set of users that can be added to, merged and counted.

    Args:
        stored: What `to_bytes` made.

    Raises:
        ValueError: It did not.
    """

    def __init__(self, stored: bytes | None = None) -> None:
        self._union = hll_union(PRECISION)
        if stored is not None:
            try:
                self._union.update(hll_sketch.deserialize(stored))
            except (IndexError, MemoryError, RuntimeError, ValueError) as error:
                raise ValueError("These bytes are no sketch of users.") from error

    def add(self, user_id: str) -> None:
        """Add a user, who may be in it already."""
        self._union.update(user_id)

    def merge(self, other: Self) -> None:
        """Add the users of another set."""
        self._union.update(other._sketch())

    def count(self) -> int:
        """How many users there are: the same number in whatever order they came, and however they were merged."""
        # A sketch that was built user by user estimates by their order, more closely; a merged one by its registers.
        merged = hll_union(PRECISION)
        for _ in range(2):
            merged.update(self._sketch())
        estimate: float = merged.get_estimate()
        return round(estimate)

    def to_bytes(self) -> bytes:
        """12 bytes for one user, 4 bytes more for each further one, 8 KiB at most."""
        return bytes(self._sketch().serialize_compact())

    def _sketch(self) -> hll_sketch:
        return self._union.get_result(tgt_hll_type.HLL_4)
