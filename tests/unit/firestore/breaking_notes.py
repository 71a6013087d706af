"""Notes whose query breaks off. The network is replaced."""

from collections.abc import Iterator
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore_v1.types import Document

ROOT = "projects/demo-stream/databases/(default)/documents/notes"
DocumentMessage: Any = Document.pb()


def note(number: int) -> Any:
    document = DocumentMessage(name=f"{ROOT}/{number:04}")
    document.fields["rank"].integer_value = number // 3
    return document


class Notes:
    """Notes, three of each rank. A query breaks off after some documents.

    Attributes:
        queries: The queries that were sent.
    """

    def __init__(self, count: int, breaks: Iterator[int | None]) -> None:
        self.documents = [note(number) for number in range(count)]
        self.breaks = breaks
        self.queries: list[Any] = []
        self.times: list[Any] = []

    def run(self, query: Any, read_time: Any = None) -> Iterator[Any]:
        kept = type(query)()
        kept.CopyFrom(query)
        self.queries.append(kept)
        self.times.append(read_time)
        after = [*query.start_at.values]
        behind = [one for one in self.documents if not after or one.name > after[1].reference_value]
        until = next(self.breaks)
        for number, document in enumerate(behind[: query.limit.value]):
            if number == until:
                raise exceptions.ServiceUnavailable("Gone.")
            yield document
        if until == len(behind):
            raise exceptions.ServiceUnavailable("Gone at the end.")


def forever(*breaks: int | None) -> Iterator[int | None]:
    """Yield some numbers, and None from then on."""
    yield from breaks
    while True:
        yield None
