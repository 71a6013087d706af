"""Who writes a field. Each field of a document says it, and the rules are made from that."""

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


def writer_of(metadata: list[object]) -> Writer:
    """Who writes a field.

    Args:
        metadata: Of the field, as pydantic keeps it.
    """
    return next((item for item in metadata if isinstance(item, Writer)), SERVER)
