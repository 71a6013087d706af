"""The bases of an app's own documents that clients write."""

from typing import Annotated

from stoker.models.document import DocumentId, Model, SchemaVersion, Timestamp, UserId
from stoker.models.writers import CLIENT_ONCE, CREATION_TIME, WRITE_TIME


class SharedDocument(Model):
    """A document that clients write and that belongs to no user.

    Attributes:
        id: The id of the document, repeated.
        created_at: The time at which the document was created.
        updated_at: The time of the last write.
        schema_version: The version of the document's form.
    """

    id: Annotated[DocumentId, CLIENT_ONCE]
    created_at: Annotated[Timestamp, CREATION_TIME]
    updated_at: Annotated[Timestamp, WRITE_TIME]
    schema_version: Annotated[SchemaVersion, CLIENT_ONCE] = 1


class OwnedDocument(SharedDocument):
    """A document that belongs to a user. It is a part of the user's export, and is deleted with the account.

    Attributes:
        user_id: The uid of the owner.

    Example:
        >>> from stoker.models.writers import CLIENT
        >>> class Note(OwnedDocument):
        ...     text: Annotated[str, CLIENT]
        >>> sorted(Note.model_fields)
        ['created_at', 'id', 'schema_version', 'text', 'updated_at', 'user_id']
    """

    user_id: Annotated[UserId, CLIENT_ONCE]
