"""All documents that a query finds, at one time and in constant memory."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from google.cloud.firestore_v1.types import Value

from stoker.aggregations.aggregation_requests import limited_count, reads_of
from stoker.aggregations.field_values import Field
from stoker.aggregations.figures import Streamed
from stoker.aggregations.left_out import LeftOut
from stoker.errors import TooManyDocuments
from stoker.firestore import raw
from stoker.firestore.api_errors import TRANSIENT
from stoker.firestore.selection import NAME, Selection
from stoker.firestore.stream_breaks import StreamBreaks, whole
from stoker.firestore.values import moment_of
from stoker.host import SYSTEM, Host
from stoker.queries.message import full_order, message_of

PAGE = 50_000
"""The documents of a request. A reader takes a few seconds for them, and Firestore ends a query that takes too long."""

Row = TypeVar("Row")

_ValueMessage: Any = Value.pb()


def streaming_reads(documents: int) -> int:
    """Return the reads of a stream: one for each document, and those of the count before.

    Args:
        documents: The number of documents. A query that finds nothing costs one read.

    Example:
        >>> streaming_reads(0), streaming_reads(2_000)
        (2, 2002)
    """
    return max(1, documents) + reads_of(documents)


class DocumentStream:
    """The documents that a query finds, as plain protobuf messages. They can be read once.

    Args:
        selection: The query.
        fields: The fields to read, besides those by which the query sorts.
        time: The time of the reads, as a protobuf message.
        host: The machine whose clock measures the time.

    Attributes:
        documents: The number of documents that were read.
    """

    def __init__(self, selection: Selection, fields: Sequence[Field], time: Any, host: Host = SYSTEM) -> None:
        self._selection = selection
        self._fields = fields
        self._time = time
        self._host = host
        self._whole = 0
        self.documents = 0

    @classmethod
    def counted(cls, selection: Selection, fields: Sequence[Field], most: int, time: Any | None) -> "DocumentStream":
        """Count the documents, and return a stream of them.

        Args:
            selection, fields: As in the class.
            most: The most documents.
            time: The time of the reads, as a protobuf message; None for now.

        Raises:
            TooManyDocuments: The query finds more documents. None was read.
        """
        count, time = limited_count(selection, most + 1, time)
        if count > most:
            raise TooManyDocuments(
                f"The query finds more than {most:,} documents. Narrow the filters, or pass a greater max_documents. "
                "Each document costs a read."
            )
        return cls(selection, fields, time)

    @property
    def read_time(self) -> datetime:
        """The time of the reads."""
        return moment_of(self._time)

    @property
    def reads(self) -> int:
        """An estimate of the document reads that are billed so far."""
        return streaming_reads(self.documents) + self._whole

    def __iter__(self) -> Iterator[Any]:
        """Yield the documents with the wanted fields. A query that breaks off goes on behind the last document."""
        order = [(None if path == NAME else Field.of(path)) for path, _ in full_order(self._selection)]
        query = self._first_page(order)
        breaks = StreamBreaks(self._host)
        last: Any = None
        while True:
            found = 0
            try:
                for last in raw.run_message(query, self._time):
                    found += 1
                    self.documents += 1
                    yield last
            except TRANSIENT as error:
                breaks.wait(error, progress=bool(found))
            else:
                if found < PAGE:
                    return
            if found:
                query.start_at.before = False
                del query.start_at.values[:]
                for one in order:
                    value = _ValueMessage(reference_value=last.name) if one is None else one.value(last)
                    query.start_at.values.append(value)

    def whole(self, names: Sequence[str]) -> list[Any]:
        """Return documents of the stream with all their fields.

        Args:
            names: The full names of the documents.
        """
        read = whole(lambda: raw.get_all(names, read_time=self._time), self._host) if names else []
        found = {one.name: one for one in read}
        self._whole += len(found)
        return [found[name] for name in names]

    def result(self, rows: Iterable[Row], left_out: LeftOut) -> Streamed[Row]:
        """Return the result that was made of the stream.

        Args:
            rows: The rows of the result.
            left_out: The documents that the rows leave out.
        """
        return Streamed(tuple(rows), self.documents, left_out.sentences(), self.read_time, self.reads)

    def _first_page(self, order: Sequence[Field | None]) -> Any:
        """Return the query of the first page: only the needed fields, and those that a cursor needs."""
        query = message_of(self._selection)
        query.ClearField("select")
        paths = dict.fromkeys(one.path for one in (*self._fields, *order) if one is not None)
        for path in paths or [NAME]:
            query.select.fields.add(field_path=path)
        query.limit.value = PAGE
        return query
