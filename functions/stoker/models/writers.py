"""Who writes a field, and what is asked of the write. Each field of a document says it; the rules follow from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Writer(Enum):
    """Who writes a field, and when; a field that says nothing is the server's.

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
class Begins:
    """The one value that a client may create the field with.

    Attributes:
        value: As Firestore stores it.
    """

    value: str | int | bool


@dataclass(frozen=True)
class Becomes:
    """The one value that a client may change the field to.

    Attributes:
        value: As Firestore stores it.
    """

    value: str | int | bool


@dataclass(frozen=True)
class Near:
    """How far from the time of its write a timestamp of the client's may lie.

    Attributes:
        before: How far in the past; any time where it is None.
        after: How far in the future; any time where it is None.
    """

    before: timedelta | None = None
    after: timedelta | None = None


@dataclass(frozen=True)
class Moves:
    """Which value a client may let follow which; any may stay as it is.

    Attributes:
        to: What may follow each value.
    """

    to: Mapping[str, Sequence[str]]


def writer_of(metadata: Sequence[object]) -> Writer:
    """Who writes a field.

    Args:
        metadata: Of the field, as pydantic keeps it.
    """
    return next((item for item in metadata if isinstance(item, Writer)), SERVER)
