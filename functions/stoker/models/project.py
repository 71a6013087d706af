"""`projects/{id}`: a user's group of tasks."""

from typing import Annotated

from pydantic import Field

from stoker.models.document import DocumentId, Model, SchemaVersion, Timestamp, UserId, utf_16_units
from stoker.models.writers import CLIENT, CLIENT_ONCE, CREATION_TIME, WRITE_TIME


class Project(Model):
    """The document.

    Attributes:
        id: Repeats the document's id.
        user_id: The owner.
        name: What the user calls it.
        description: What it is about.
        created_at: The server's time at creation.
        updated_at: The server's time of the last change.
    """

    id: Annotated[DocumentId, CLIENT_ONCE]
    user_id: Annotated[UserId, CLIENT_ONCE]
    name: Annotated[str, CLIENT, Field(min_length=1, max_length=200), utf_16_units(200)]
    description: Annotated[str | None, CLIENT, Field(max_length=10_000), utf_16_units(10_000)] = None
    created_at: Annotated[Timestamp, CREATION_TIME]
    updated_at: Annotated[Timestamp, WRITE_TIME]
    schema_version: Annotated[SchemaVersion, CLIENT_ONCE] = 1
