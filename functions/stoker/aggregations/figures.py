"""The results of aggregations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, overload

Row = TypeVar("Row", covariant=True)


@dataclass(frozen=True)
class Figures:
    """The figures of a declared query, which Firestore has counted and added up.

    Attributes:
        count: The number of documents; None if it was not asked for.
        sums: The sum of each field. The sum of nothing is 0.
        averages: The average of each field. The average of nothing is None.
        warnings: A sentence for each set of sums that leaves out documents, because they lack a field that the model
            requires. There is none without a count.
        read_time: The time at which all figures are right.
        reads: An estimate of the document reads that are billed.
    """

    count: int | None
    sums: Mapping[str, int | float]
    averages: Mapping[str, float | None]
    warnings: tuple[str, ...]
    read_time: datetime
    reads: int


@dataclass(frozen=True)
class Cost:
    """The price of figures in document reads.

    Attributes:
        documents: The number of documents that the query finds.
        count_reads: The most reads of `figures`: one for each 1,000 documents and each request.
        streaming_reads: The reads of a method that reads every document, such as `group_by`.
    """

    documents: int
    count_reads: int
    streaming_reads: int


@dataclass(frozen=True)
class Group:
    """The documents that have the same value in a field.

    Attributes:
        value: The value.
        count: The number of documents.
        sums: The sum of each field. The sum of nothing is 0.
        averages: The average of each field. The average of nothing is None.
    """

    value: object
    count: int
    sums: Mapping[str, int | float]
    averages: Mapping[str, float | None]


@dataclass(frozen=True)
class Bucket:
    """The documents of a span of time.

    Attributes:
        start: The start of the span, in the time zone that was asked for.
        end: The end of the span, which does not belong to it.
        count: The number of documents.
        sums: The sum of each field. The sum of nothing is 0.
        averages: The average of each field. The average of nothing is None.
    """

    start: datetime
    end: datetime
    count: int
    sums: Mapping[str, int | float]
    averages: Mapping[str, float | None]


@dataclass(frozen=True)
class Streamed(Sequence[Row], Generic[Row]):
    """The rows that were made of all documents of a query. It is a sequence of its rows.

    Attributes:
        rows: The rows: groups, buckets or documents.
        documents: The number of documents that were read.
        warnings: A sentence for each kind of document that was left out.
        read_time: The time at which all rows are right.
        reads: An estimate of the document reads that are billed.
    """

    rows: tuple[Row, ...]
    documents: int
    warnings: tuple[str, ...]
    read_time: datetime
    reads: int

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...

    def __getitem__(self, index: Any) -> Any:
        """Return a row, or several."""
        return self.rows[index]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)


@dataclass(frozen=True)
class Percentiles(Mapping[float, float | None]):
    """Percentiles of a field. It is a mapping of percents to values; a value is None if no document has a number.

    Attributes:
        percentiles: The value of each percentile.
        measured: The number of documents with a number in the field.
        documents: The number of documents that were read.
        warnings: A sentence for each kind of document that was left out.
        read_time: The time at which all values are right.
        reads: An estimate of the document reads that are billed.
    """

    percentiles: Mapping[float, float | None]
    measured: int
    documents: int
    warnings: tuple[str, ...]
    read_time: datetime
    reads: int

    def __getitem__(self, percent: float) -> float | None:
        """Return the value of a percentile."""
        return self.percentiles[percent]

    def __iter__(self) -> Iterator[float]:
        """Yield the percents."""
        return iter(self.percentiles)

    def __len__(self) -> int:
        """Return the number of percentiles."""
        return len(self.percentiles)
