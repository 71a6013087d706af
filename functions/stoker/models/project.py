"""`projects/{id}`: a user's group of tasks."""

from typing import Annotated

from pydantic import Field

from stoker.models.document import DocumentId, Model, Timestamp, UserId


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

    id: DocumentId
    user_id: UserId
    name: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=10_000)] | None = None
    created_at: Timestamp
    updated_at: Timestamp
