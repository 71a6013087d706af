"""The documents that tests register as an app does."""

from typing import Annotated

from pydantic import Field

from stoker.models.document import DocumentId, Model, Timestamp, UserId
from stoker.models.owned_document import OwnedDocument, SharedDocument
from stoker.models.writers import CLIENT, CLIENT_ONCE, CREATION_TIME, SERVER, WRITE_TIME


class Place(Model):
    """The place that a note is about.

    Attributes:
        town: The name of the town.
    """

    town: Annotated[str, Field(max_length=100)]


class Note(OwnedDocument):
    """A note of a user.

    Attributes:
        text: The text.
        kind: The kind of note, which never changes.
        pinned: True if the note comes first.
        place: The place that the note is about.
        views: The number of people who have read the note.
    """

    text: Annotated[str, CLIENT, Field(min_length=1, max_length=1000)]
    kind: Annotated[str, CLIENT_ONCE, Field(max_length=20)] = "plain"
    pinned: Annotated[bool, CLIENT] = False
    place: Annotated[Place | None, CLIENT] = None
    views: Annotated[int, SERVER] = 0


class Notice(SharedDocument):
    """A notice for all users.

    Attributes:
        text: The text.
    """

    text: Annotated[str, CLIENT, Field(max_length=1000)]


class Invoice(Model):
    """An invoice, which functions write.

    Attributes:
        user_id: The uid of the user who pays.
        cents: The sum.
    """

    user_id: UserId
    cents: int


class Rate(Model):
    """An exchange rate, which functions write.

    Attributes:
        euro: The value of a euro.
    """

    euro: float


class Transferable(Model):
    """A note whose owner may give it away, which is not allowed."""

    id: Annotated[DocumentId, CLIENT_ONCE]
    user_id: Annotated[UserId, CLIENT]
    created_at: Annotated[Timestamp, CREATION_TIME]
    updated_at: Annotated[Timestamp, WRITE_TIME]


class Timeless(OwnedDocument):
    """A note whose owner chooses the time, which is not allowed."""

    created_at: Annotated[Timestamp, CLIENT_ONCE]


class Fixed(OwnedDocument):
    """A note that has nothing to change."""


class NoModel:
    """A class that is no model."""
