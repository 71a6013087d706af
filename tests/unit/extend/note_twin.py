"""A model with the name of another model."""

from typing import Annotated

from stoker.models.owned_document import OwnedDocument
from stoker.models.writers import CLIENT


class Note(OwnedDocument):
    """Another note."""

    done: Annotated[bool, CLIENT]
