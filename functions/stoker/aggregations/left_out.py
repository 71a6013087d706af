"""The documents that a figure leaves out, as sentences."""

from collections import Counter
from typing import Literal

Reason = Literal["missing", "no-number", "nan", "no-time", "no-text", "time-out-of-range", "no-group", "long"]

TEXTS: dict[Reason, str] = {
    "missing": "have no {field}",
    "no-number": "have a {field} that is no number",
    "nan": "have a {field} that is NaN",
    "no-time": "have a {field} that is no time",
    "no-text": "have a {field} that is no text",
    "time-out-of-range": "have a {field} in a year that has no whole bucket",
    "no-group": "have a {field} that is a list, a map, a place or a vector, which makes no group",
    "long": "have a {field} of more than 1,500 bytes, which makes no group",
}


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
        return tuple(
            f"{count:,} of the documents {TEXTS[reason].format(field=field)}. The figures of {field} leave them out."
            for (field, reason), count in sorted(self._counts.items())
        )
