"""A database in memory, for tests that need no emulator.

It has only those features of Firestore that the engine uses.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP, Increment
from google.cloud.firestore_v1.field_path import FieldPath

from stoker.firestore.api_errors import Conflict, DocumentExists
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import AnyOf, Filter, Order, Selection, value_of
from stoker.firestore.writes import Create, Delete, Merge, Update, Write, Written, flat

MAX_BYTES = 1024**2
"""The largest document, in bytes.
Source: https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields (1 MiB)."""

_TEST: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda found, value: bool(found == value),
    "in": lambda found, value: found in value,
    "<": lambda found, value: bool(found < value),
    "<=": lambda found, value: bool(found <= value),
    ">": lambda found, value: bool(found > value),
    ">=": lambda found, value: bool(found >= value),
}


class MemoryDocuments:
    """A database in memory.

    Args:
        now: A function that returns the server's time, in UTC.

    Example:
        >>> from datetime import UTC
        >>> documents = MemoryDocuments(lambda: datetime(2026, 1, 1, tzinfo=UTC))
        >>> _ = documents.commit([Create("tasks/spring", {"title": "Clean"})])
        >>> documents.get("tasks/spring").data
        {'title': 'Clean'}
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._stored: dict[str, StoredDocument] = {}
        self._last_write: datetime | None = None
        # Several threads commit at the same time, and of two conditional writes of a document one must be refused.
        self._lock = threading.Lock()

    def get(self, path: str, fields: Sequence[str] = ()) -> StoredDocument | None:
        """Read a document; see `Documents`."""
        _collection(path)
        found = self._stored.get(path)
        return None if found is None else _only(found, fields)

    def get_all(self, paths: Sequence[str], fields: Sequence[str] = ()) -> list[StoredDocument]:
        """Read several documents; see `Documents`."""
        return [found for path in paths if (found := self.get(path, fields)) is not None]

    def find(self, selection: Selection) -> list[StoredDocument]:
        """Read the documents of a selection; see `Documents`."""
        found = [one for one in self._stored.values() if _matches(one, selection)]
        found.sort(key=lambda one: one.path)
        for field, direction in reversed(_fields_of(selection.order)):
            found.sort(key=lambda one, field=field: value_of(one.data, field), reverse=direction == "DESCENDING")  # type: ignore[misc]
        if selection.after is not None:
            after = selection.after
            found = [one for one in found if selection.cursor_of(one.id, one.data) > after]
        if selection.before is not None:
            before = selection.before
            found = [one for one in found if selection.cursor_of(one.id, one.data) < before]
        return [_only(one, selection.fields) for one in found[: selection.limit]]

    def count(self, selection: Selection) -> int:
        """Count; see `Documents`."""
        return len(self.find(selection))

    def count_and_sum(self, selection: Selection, field: str) -> tuple[int, float]:
        """Count and add up; see `Documents`."""
        found = [one for one in self.find(selection) if value_of(one.data, field) is not None]
        values = [value_of(one.data, field) for one in found]
        return len(found), float(sum(value for value in values if isinstance(value, int | float)))

    def commit(self, writes: Sequence[Write], *, once: bool = False) -> list[Written]:
        """Make all writes, or none; see `Documents`."""
        with self._lock:
            for write in writes:
                self._check(write)
            time = self._write_time()
            changed = dict(self._stored)
            written = [_apply(changed, write, time) for write in writes]
            self._stored = changed
        return written

    def paths(self, collection: str) -> list[str]:
        """Return the paths of a collection's documents, sorted."""
        return sorted(path for path in self._stored if _collection(path) == collection)

    def _check(self, write: Write) -> None:
        found = self._stored.get(write.path)
        _collection(write.path)
        match write:
            case Create() if found is not None:
                raise DocumentExists(f"{write.path} exists.")
            case Update() | Delete() if found is None:
                raise Conflict(f"{write.path} does not exist.")
            case Update(update_time=datetime()) | Delete(update_time=datetime()):
                if found is not None and found.update_time != write.update_time:
                    raise Conflict(f"{write.path} was written meanwhile.")

    def _write_time(self) -> datetime:
        """Return the time of a commit. It is later than that of any commit before."""
        time = self._now()
        if self._last_write is not None and time <= self._last_write:
            time = self._last_write + timedelta(microseconds=1)
        self._last_write = time
        return time


def _apply(stored: dict[str, StoredDocument], write: Write, time: datetime) -> Written:
    if isinstance(write, Delete):
        del stored[write.path]
        return Written(time)
    before = stored.get(write.path)
    data: dict[str, Any] = {} if before is None else dict(before.data)
    sums: dict[str, Any] = {}
    for name, value in flat(write.fields) if isinstance(write, Merge) else write.fields.items():
        added = _set(data, _parts(name), value, time)
        if added is not None:
            sums[name] = added
    if len(text := str(data)) > MAX_BYTES:
        raise exceptions.InvalidArgument(f"{write.path} is larger than 1 MiB.")
    # A write that changes nothing keeps the update time. The texts are compared too, because 1, 1.0 and True are equal
    # in Python, but not in Firestore.
    # Source: https://cloud.google.com/firestore/docs/reference/rest/v1/WriteResult (updateTime)
    if before is not None and data == before.data and text == str(before.data):
        return Written(before.update_time, sums)
    stored[write.path] = StoredDocument(write.path, data, time, create_time=before.create_time if before else time)
    return Written(time, sums)


def _set(data: dict[str, Any], names: list[str], value: Any, time: datetime) -> Any:
    """Set a field; return its new value if the write increments it."""
    *above, last = names
    for name in above:
        # A copy, because documents that were read before must not change.
        inner = data.get(name)
        data[name] = dict(inner) if isinstance(inner, Mapping) else {}
        data = data[name]
    if value is DELETE_FIELD:
        data.pop(last, None)
    elif isinstance(value, Increment):
        data[last] = data.get(last, 0) + value.value
        return data[last]
    else:
        data[last] = _resolved(value, time)
    return None


def _resolved(value: Any, time: datetime) -> Any:
    """Return a value as it is stored: a copy, with the server's time instead of `SERVER_TIMESTAMP`."""
    if value is SERVER_TIMESTAMP:
        return time
    if isinstance(value, Mapping):
        return {name: _resolved(one, time) for name, one in value.items() if one is not DELETE_FIELD}
    if isinstance(value, list | tuple):
        return [_resolved(one, time) for one in value]
    return value


def _parts(path: str) -> list[str]:
    """Return the names in a field path. A name that is no simple word is in backticks."""
    return list(FieldPath.from_api_repr(path).parts) if "`" in path else path.split(".")


def _fields_of(order: Sequence[Order]) -> list[Order]:
    """Return an order without the document's name, by which the documents are already sorted."""
    return [(field, direction) for field, direction in order if field != "__name__"]


def _matches(document: StoredDocument, selection: Selection) -> bool:
    return (
        document.path.rsplit("/", 2)[-2] == selection.collection
        and all(_holds(document, one) for one in selection.filters)
        and all(value_of(document.data, field) is not None for field, _ in _fields_of(selection.order))
    )


def _holds(document: StoredDocument, condition: Filter | AnyOf) -> bool:
    if isinstance(condition, AnyOf):
        return any(all(_holds(document, one) for one in branch) for branch in condition.branches)
    field, operator, value = condition
    found = value_of(document.data, field)
    try:
        return found is not None and _TEST[operator](found, value)
    except TypeError:
        return False  # Firestore compares only values of the same type.


def _only(document: StoredDocument, fields: Sequence[str]) -> StoredDocument:
    if not fields:
        return replace(document, data=dict(document.data))
    data: dict[str, Any] = {}
    for field in fields:
        if (value := value_of(document.data, field)) is not None:
            _set(data, field.split("."), value, document.update_time)
    return replace(document, data=data)


def _collection(path: str) -> str:
    parts = path.split("/")
    if len(parts) % 2 or not all(parts) or any(part in (".", "..") for part in parts):
        raise exceptions.InvalidArgument(f"{path} is not the path of a document.")
    return parts[-2]
