"""Figures of a declared query."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from stoker.aggregations.aggregation_requests import (
    answered,
    figures_of,
    left_out_of_sums,
    limited_count,
    reads_of,
)
from stoker.aggregations.document_stream import DocumentStream, streaming_reads
from stoker.aggregations.field_values import Field, group_key, is_long, number_of
from stoker.aggregations.figures import Bucket, Cost, Figures, Group, Percentiles, Streamed
from stoker.aggregations.largest import Largest, Measure
from stoker.aggregations.left_out import LeftOut
from stoker.aggregations.percentile_sketch import PercentileSketch
from stoker.aggregations.request_plan import COUNT, planned, sum_fields
from stoker.aggregations.tallies import Tallies
from stoker.aggregations.time_buckets import Every, spans, zone_named
from stoker.errors import InvalidArgument
from stoker.firestore.messages import message, plain
from stoker.firestore.values import decoded, item_of, moment_of
from stoker.queries.asking import Asked, Filters, asked
from stoker.queries.query import DeclaredQuery

MAX_DOCUMENTS: Final = 1_000_000
"""The most documents that a call reads if it is not told otherwise."""

MAX_GROUPS: Final = 1_000
MAX_BUCKETS: Final = 10_000
MAX_TOP: Final = 1_000
"""The most groups, buckets and documents of a result, so that its memory is bounded."""


class Aggregations:
    """Counts, sums, averages, groups, percentiles, time buckets and the largest documents of a declared query.

    Firestore counts and adds up by itself: `count`, `sum`, `average` and `figures` cost a read for each 1,000
    documents. The other methods read every document, in constant memory. All figures of one call are of one time.

    Args:
        collection: The name of a collection, or a declared query. For a name, the first declared query is taken that
            has these filters, and the wanted sums. Each method speaks of the same documents.
        filters: A mapping of fields to equal values, or a list of filters of a field, an operator and a value.
        read_time: The time of the figures, within the last hour; None for the present. It has a time zone.

    Raises:
        QueryNotDeclared: No declared query has these filters.
        InvalidArgument: A filter has no form that Firestore takes, or the time has no time zone.

    Example:
        >>> tasks = Aggregations("tasks", {"userId": "ada", "status": "todo"})
        >>> tasks.count()  # doctest: +SKIP
        12
    """

    def __init__(
        self, collection: str | DeclaredQuery, filters: Filters = (), *, read_time: datetime | None = None
    ) -> None:
        if read_time is not None and read_time.tzinfo is None:
            raise InvalidArgument("The read_time has no time zone. Pass one such as datetime.now(UTC).")
        self._collection = collection
        self._filters = filters
        self._read_time = None if read_time is None else message(read_time).timestamp_value
        self._asked = asked(collection, filters)

    # --- Counted and added up by Firestore -----------------------------------------------------------------------

    def count(self) -> int:
        """Return the number of documents. It costs one read for each 1,000 documents.

        Example:
            >>> Aggregations("tasks", {"userId": "ada"}).count()  # doctest: +SKIP
            12
        """
        return int(self.figures(count=True).count or 0)

    def sum(self, field: str) -> int | float:
        """Return the sum of a field, 0 if no document has a number in it.

        Values of other types are left out. A sum of integers that does not fit into 64 bits is a float. If one value is
        NaN, the sum is NaN.

        Args:
            field: A field of the declared query's `sums`.

        Raises:
            QueryNotDeclared: No declared query has this sum.

        Example:
            >>> Aggregations("orders", {"userId": "ada"}).sum("total")  # doctest: +SKIP
            99.5
        """
        return self.figures(count=False, sums=(field,)).sums[field]

    def average(self, field: str) -> float | None:
        """Return the average of a field, None if no document has a number in it. Values of other types are left out.

        Args:
            field: A field of the declared query's `sums`.

        Raises:
            QueryNotDeclared: No declared query has this sum.

        Example:
            >>> Aggregations("orders", {"userId": "ada"}).average("total")  # doctest: +SKIP
            33.2
        """
        return self.figures(count=False, averages=(field,)).averages[field]

    def figures(self, *, count: bool = True, sums: Iterable[str] = (), averages: Iterable[str] = ()) -> Figures:
        """Return several figures of the same time.

        Firestore takes fields that every document has in one request. The count, and each other field, has a request of
        its own. The count is that of `count`, whichever declared query has the sums.

        Args:
            count: Whether the number of documents is wanted.
            sums: The fields to add up, of the declared query's `sums`.
            averages: The fields whose average is wanted, of the declared query's `sums`.

        Raises:
            QueryNotDeclared: No declared query has these sums.
            InvalidArgument: No figure is wanted.

        Example:
            >>> figures = Aggregations("orders", {"userId": "ada"}).figures(sums=["total"])  # doctest: +SKIP
            >>> figures.count, figures.sums["total"]  # doctest: +SKIP
            (3, 99.5)
        """
        wanted_sums, wanted_averages = _names(sums), _names(averages)
        if not (count or wanted_sums or wanted_averages):
            raise InvalidArgument("No figure is wanted. Ask for the count, a sum or an average.")
        asked_for = self._with_sums(wanted_sums, wanted_averages)
        fields = sum_fields(asked_for.declared, asked_for.selection.collection)
        requests = planned(fields, count=count, sums=wanted_sums, averages=wanted_averages)
        answers = answered(self._asked.selection, asked_for.selection, requests, self._read_time)
        return Figures(
            count=int(answers.values[COUNT] or 0) if count else None,
            sums=figures_of(answers, wanted_sums, "sum"),
            averages=figures_of(answers, wanted_averages, "average"),
            warnings=left_out_of_sums(answers, fields.shared),
            read_time=moment_of(answers.read_time),
            reads=answers.reads,
        )

    def cost(self, *, count: bool = True, sums: Iterable[str] = (), averages: Iterable[str] = ()) -> Cost:
        """Return the price of figures before they are made. It counts the documents, which costs as much as `count`.

        Args:
            count: Whether the number of documents is wanted.
            sums: The fields to add up.
            averages: The fields whose average is wanted.

        Raises:
            QueryNotDeclared: No declared query has these sums.

        Example:
            >>> Aggregations("tasks", {"userId": "ada"}).cost()  # doctest: +SKIP
            Cost(documents=12, count_reads=1, streaming_reads=13)
        """
        wanted_sums, wanted_averages = _names(sums), _names(averages)
        asked_for = self._with_sums(wanted_sums, wanted_averages)
        fields = sum_fields(asked_for.declared, asked_for.selection.collection)
        requests = planned(fields, count=count, sums=wanted_sums, averages=wanted_averages)
        documents, _ = limited_count(self._asked.selection, None, self._read_time)
        return Cost(documents, len(requests) * reads_of(documents), streaming_reads(documents))

    # --- Made of every document ----------------------------------------------------------------------------------

    def group_by(
        self,
        field: str,
        *,
        sums: Iterable[str] = (),
        averages: Iterable[str] = (),
        limit: int = MAX_GROUPS,
        max_documents: int = MAX_DOCUMENTS,
    ) -> Streamed[Group]:
        """Return the documents by the value of a field, the largest group first. It reads every document.

        Values are equal as in Firestore: 1 and 1.0 are one group, and null is a group. Documents without the field, or
        with a value that makes no group, are counted in `warnings`.

        Args:
            field: The path of the field. It needs no index, and neither do the other fields.
            sums: The fields to add up in each group.
            averages: The fields whose average in each group is wanted.
            limit: The most groups.
            max_documents: The most documents to read.

        Raises:
            TooManyGroups: The documents have more values than the limit. Some of the groups alone would be wrong.
            TooManyDocuments: The query finds more documents. None was read.

        Example:
            >>> for group in Aggregations("tasks", {"userId": "ada"}).group_by("category"):  # doctest: +SKIP
            ...     print(group.value, group.count)
        """
        by, left_out = Field.of(field), LeftOut()
        tallies = Tallies(_names(sums), _names(averages), _at_least_one("limit", limit), left_out)
        values: dict[object, object] = {}
        stream = self._stream([by, *tallies.fields], max_documents)
        for document in stream:
            value = by.value(document)
            key = None if value is None else group_key(value)
            if value is None or key is None:
                left_out.add(field, "missing" if value is None else "no-group")
            elif is_long(key):
                left_out.add(field, "long")
            elif tallies.add(key, document):
                values[key] = decoded(value)
        groups = [Group(values[key], count, added, averaged) for key, count, added, averaged in tallies]
        return stream.result(sorted(groups, key=lambda group: -group.count), left_out)

    def buckets(
        self,
        time_field: str,
        every: Every,
        *,
        time_zone: str = "UTC",
        sums: Iterable[str] = (),
        averages: Iterable[str] = (),
        limit: int = MAX_BUCKETS,
        max_documents: int = MAX_DOCUMENTS,
    ) -> Streamed[Bucket]:
        """Return the documents by spans of time, the earliest first. It reads every document.

        Spans without a document are left out. Documents without a time in the field are counted in `warnings`.

        Args:
            time_field: The path of a field with a time.
            every: The length of a span: `day`, `week` (from Monday), `month`, or a `timedelta`. The spans of a
                `timedelta` begin at multiples of it since 1 January 1970, UTC.
            time_zone: A name of the tz database. Days, weeks and months begin at midnight there.
            sums: The fields to add up in each span.
            averages: The fields whose average in each span is wanted.
            limit: The most spans.
            max_documents: The most documents to read.

        Raises:
            TooManyGroups: The documents are of more spans than the limit.
            TooManyDocuments: The query finds more documents. None was read.
            InvalidArgument: The length or the time zone is wrong.

        Example:
            >>> days = Aggregations("tasks", {"userId": "ada"}).buckets("createdAt", "day")  # doctest: +SKIP
            >>> [(day.start.date(), day.count) for day in days]  # doctest: +SKIP
        """
        zone = zone_named(time_zone)
        span_of = spans(every, zone)
        by, left_out = Field.of(time_field), LeftOut()
        tallies = Tallies(_names(sums), _names(averages), _at_least_one("limit", limit), left_out)
        stream = self._stream([by, *tallies.fields], max_documents)
        for document in stream:
            value = by.value(document)
            moment = None if value is None else plain(value)
            if not isinstance(moment, datetime):
                left_out.add(time_field, "missing" if value is None else "no-time")
                continue
            try:
                span = span_of(moment)
                _ = span[0].astimezone(zone), span[1].astimezone(zone)
            except (OverflowError, ValueError):  # the first or the last year that Python knows
                left_out.add(time_field, "time-out-of-range")
                continue
            tallies.add(span, document)
        buckets = [
            Bucket(start.astimezone(zone), end.astimezone(zone), count, added, averaged)
            for (start, end), count, added, averaged in sorted(tallies, key=lambda one: one[0])
        ]
        return stream.result(buckets, left_out)

    def percentiles(
        self, field: str, percents: Iterable[float] = (50, 95, 99), *, max_documents: int = MAX_DOCUMENTS
    ) -> Percentiles:
        """Return percentiles of a field, each within 1 % of the exact value. It reads every document.

        Percentiles of at most 1,000 numbers are exact. The percentile of n numbers is the number with the rank
        `floor(percent / 100 * (n - 1))`, from 0. Documents without a number in the field are counted in `warnings`.

        Args:
            field: The path of the field.
            percents: The percents, from 0 to 100.
            max_documents: The most documents to read.

        Raises:
            TooManyDocuments: The query finds more documents. None was read.
            InvalidArgument: A percent is not from 0 to 100.

        Example:
            >>> Aggregations("orders", {"userId": "ada"}).percentiles("total")[95]  # doctest: +SKIP
            81.4
        """
        wanted = list(percents)
        for percent in wanted:
            if not 0 <= percent <= 100:
                raise InvalidArgument(f"{percent} is no percentile. Choose 0 to 100.")
        measured, left_out, sketch = Field.of(field), LeftOut(), PercentileSketch()
        stream = self._stream([measured], max_documents)
        for document in stream:
            value = measured.value(document)
            number = None if value is None else number_of(value)
            if number is None:
                left_out.add(field, "missing" if value is None else "no-number")
            elif number != number:
                left_out.add(field, "nan")
            else:
                sketch.add(number)
        return Percentiles(
            {percent: sketch.percentile(percent) for percent in wanted},
            sketch.count,
            stream.documents,
            left_out.sentences(),
            stream.read_time,
            stream.reads,
        )

    def top(
        self, field: str, most: int = 10, *, kind: Measure = "number", max_documents: int = MAX_DOCUMENTS
    ) -> Streamed[dict[str, Any]]:
        """Return the documents with the largest values of a field, the largest first. It reads every document.

        A query that sorts by the field is cheaper, if there is an index. Of equal values, those that the query finds
        first are kept. Documents without a value of the kind are counted in `warnings`.

        Args:
            field: The path of the field.
            most: The most documents to return, 1 to 1,000.
            kind: The type of the compared values: `number`, `time` or `text`.
            max_documents: The most documents to read.

        Returns:
            Each document as a dictionary of its fields, with its id as `id`.

        Raises:
            TooManyDocuments: The query finds more documents. None was read.
            InvalidArgument: The number of documents is wrong.

        Example:
            >>> Aggregations("orders", {"userId": "ada"}).top("total", 3)[0]["id"]  # doctest: +SKIP
            'jO4Nfx7HgAfqnLd1Mmd7'
        """
        if not 1 <= most <= MAX_TOP:
            raise InvalidArgument(f"Choose 1 to {MAX_TOP:,} documents, not {most}.")
        if kind not in ("number", "time", "text"):
            raise InvalidArgument(f"{kind!r:.100} is no kind of value. Choose number, time or text.")
        by, left_out, largest = Field.of(field), LeftOut(), Largest(most, kind)
        stream = self._stream([by], max_documents)
        for document in stream:
            value = by.value(document)
            reason = "missing" if value is None else largest.add(document.name, value)
            if reason is not None:
                left_out.add(field, reason)
        return stream.result([item_of(one) for one in stream.whole(largest.names())], left_out)

    def _with_sums(self, sums: Sequence[str], averages: Sequence[str]) -> Asked:
        wanted = (*sums, *averages)
        return asked(self._collection, self._filters, sums=wanted) if wanted else self._asked

    def _stream(self, fields: Sequence[Field], max_documents: int) -> DocumentStream:
        most = _at_least_one("max_documents", max_documents)
        return DocumentStream.counted(self._asked.selection, fields, most, self._read_time)


def _names(fields: Iterable[str]) -> tuple[str, ...]:
    found = (fields,) if isinstance(fields, str) else tuple(fields)
    return tuple(Field.of(path).path for path in dict.fromkeys(found))


def _at_least_one(name: str, number: int) -> int:
    if number < 1:
        raise InvalidArgument(f"{name}={number} is too small. Choose at least 1.")
    return number
