"""The documents that a figure leaves out, as sentences."""

from collections import Counter
from typing import Literal

Reason = Literal["missing", "no-number", "nan", "no-time", "no-text", "time-out-of-range", "no-group", "long"]

TEXTS: dict[Reason, str] = {
    "missing": "is missing",
    "no-number": "is no number",
    "nan": "is NaN",
    "no-time": "is no time",
    "no-text": "is no text",
    "time-out-of-range": "is in a year without a whole bucket",
    "no-group": "is a list, a map, a place or a vector",
    "long": "has more than 1,500 bytes",
}
"""The reasons, as the end of a sentence that begins with the field."""


class LeftOut:
    """A count of documents that figures leave out, by field and reason."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, Reason]] = Counter()

    def add(self, field: str, reason: Reason) -> None:
        """Count a document.

        Args:
            field: The path of the field.
            reason: The reason why the field's value is left out.
        """
        self._counts[field, reason] += 1

    def sentences(self) -> tuple[str, ...]:
        """Return a sentence for each field and reason, sorted."""
        return tuple(sorted(_sentence(field, reason, count) for (field, reason), count in self._counts.items()))


def _sentence(field: str, reason: Reason, count: int) -> str:
    documents = "document" if count == 1 else "documents"
    return f"{field} {TEXTS[reason]} in {count:,} {documents}, which its figures leave out."
