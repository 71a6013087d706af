"""The writer of a field, and the conditions of the write. Each field of a document declares them. The security rules
are generated from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Writer(Enum):
    """The writer of a field, and the time of the write. A field without a declared writer is written by the server.

    Example:
        >>> from typing import Annotated
        >>> from stoker.models.document import Model
        >>> class Note(Model):
        ...     text: Annotated[str, CLIENT]
        >>> writer_of(Note.model_fields["text"].metadata)
        <Writer.CLIENT: 'the client, at any time'>
    """

    CLIENT = "the client, at any time"
    CLIENT_ONCE = "the client, at creation"
    CREATION_TIME = "the client, at creation, with the server's time"
    WRITE_TIME = "the client, with each write, with the server's time"
    SERVER = "the server"


CLIENT = Writer.CLIENT
CLIENT_ONCE = Writer.CLIENT_ONCE
CREATION_TIME = Writer.CREATION_TIME
WRITE_TIME = Writer.WRITE_TIME
SERVER = Writer.SERVER


@dataclass(frozen=True)
class InitialValue:
    """The only value that a client may create the field with.

    Attributes:
        value: The value, as Firestore stores it.
    """

    value: str | int | bool


@dataclass(frozen=True)
class ChangesOnlyTo:
    """The only value that a client may change the field to.

    Attributes:
        value: The value, as Firestore stores it.
    """

    value: str | int | bool


@dataclass(frozen=True)
class TimeWindow:
    """The longest time between a client's timestamp and the write of the document.

    Attributes:
        before: The longest time in the past; None for any time.
        after: The longest time in the future; None for any time.
    """

    before: timedelta | None = None
    after: timedelta | None = None


@dataclass(frozen=True)
class Transitions:
    """The changes of value that a client may make. A value may always stay as it is.

    Attributes:
        to: For each value, the values that may follow it.
    """

    to: Mapping[str, Sequence[str]]


def writer_of(metadata: Sequence[object]) -> Writer:
    """Return the declared writer of a field, or `SERVER`.

    Args:
        metadata: The metadata of the field, as pydantic keeps it.
    """
    return next((item for item in metadata if isinstance(item, Writer)), SERVER)
