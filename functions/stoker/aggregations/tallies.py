"""The count, the sums and the averages of documents in groups, in memory that grows only with the groups."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stoker.aggregations.field_values import Field, number_of
from stoker.aggregations.left_out import LeftOut
from stoker.aggregations.running_sum import RunningSum
from stoker.errors import TooManyGroups


@dataclass
class _Tally:
    """The documents of a group.

    Attributes:
        count: The number of documents.
        running: The sum of each measured field.
    """

    running: Sequence[RunningSum]
    count: int = field(default=0)


class Tallies:
    """The tallies of all groups.

    Args:
        sums: The fields to add up.
        averages: The fields whose average is wanted.
        limit: The most groups.
        left_out: Counts the values that are no numbers.
    """

    def __init__(self, sums: Sequence[str], averages: Sequence[str], limit: int, left_out: LeftOut) -> None:
        self._sums, self._averages = sums, averages
        self._measured = [Field.of(path) for path in dict.fromkeys((*sums, *averages))]
        self._limit = limit
        self._left_out = left_out
        self._tallies: dict[Hashable, _Tally] = {}

    @property
    def fields(self) -> Sequence[Field]:
        """The measured fields."""
        return self._measured

    def add(self, key: Hashable, document: Any) -> bool:
        """Count a document, and add up its fields.

        Args:
            key: The key of its group.
            document: The document, as a plain protobuf message.

        Returns:
            True if it is the first document of its group.

        Raises:
            TooManyGroups: There are more groups than the limit.
        """
        tally = self._tallies.get(key)
        is_first = tally is None
        if tally is None:
            if len(self._tallies) >= self._limit:
                raise TooManyGroups(
                    f"There are more than {self._limit:,} groups. Narrow the filters, choose wider groups, or pass a "
                    "greater limit."
                )
            tally = self._tallies[key] = _Tally([RunningSum() for _ in self._measured])
        tally.count += 1
        for measured, running in zip(self._measured, tally.running, strict=True):
            value = measured.value(document)
            number = None if value is None else number_of(value)
            if number is not None:
                running.add(number)
            else:
                self._left_out.add(measured.path, "missing" if value is None else "no-number")
        return is_first

    def __iter__(self) -> Iterator[tuple[Any, int, Mapping[str, int | float], Mapping[str, float | None]]]:
        """Yield the key of each group, its count, its sums and its averages, in the order of their first documents."""
        for key, tally in self._tallies.items():
            by_path = {one.path: running for one, running in zip(self._measured, tally.running, strict=True)}
            yield key, tally.count, _sums(by_path, self._sums), _averages(by_path, self._averages)


def _sums(running: Mapping[str, RunningSum], fields: Iterable[str]) -> dict[str, int | float]:
    return {field: running[field].sum() for field in fields}


def _averages(running: Mapping[str, RunningSum], fields: Iterable[str]) -> dict[str, float | None]:
    return {field: running[field].average() for field in fields}
