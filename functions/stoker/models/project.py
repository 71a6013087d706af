"""`projects/{id}`: a user's group of tasks."""

from typing import Annotated

from pydantic import Field

from stoker.models.document import DocumentId, Model, SchemaVersion, Timestamp, UserId, utf_16_units
from stoker.models.writers import CLIENT, CLIENT_ONCE, CREATION_TIME, WRITE_TIME


class Project(Model):
    """A project: the document `projects/{id}`.

    Attributes:
        id: The id of the document, repeated.
        user_id: The uid of the owner.
        name: The name of the project.
        description: A longer text about the project.
        created_at: The time at which the document was created.
        updated_at: The time of the last write.
        schema_version: The version of the document's form.
    """

    id: Annotated[DocumentId, CLIENT_ONCE]
    user_id: Annotated[UserId, CLIENT_ONCE]
    name: Annotated[str, CLIENT, Field(min_length=1, max_length=200), utf_16_units(200)]
    description: Annotated[str | None, CLIENT, Field(max_length=10_000), utf_16_units(10_000)] = None
    created_at: Annotated[Timestamp, CREATION_TIME]
    updated_at: Annotated[Timestamp, WRITE_TIME]
    schema_version: Annotated[SchemaVersion, CLIENT_ONCE] = 1
