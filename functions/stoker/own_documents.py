"""The kinds of documents that an app has registered. `stoker.document` registers them.

This module imports nothing heavy, because `config` imports it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class OwnDocument:
    """A kind of document of an app, with the callers that may read and write it.

    Attributes:
        collection: The name of the collection.
        model: The model of the fields, as `module:Class`.
        name: The name in the rules, in singular, such as `note`.
        read: The callers that may read documents.
        create: The callers that may create documents.
        update: The callers that may change documents.
        delete: The callers that may delete documents.
    """

    collection: str
    model: str
    name: str
    read: tuple[str, ...]
    create: tuple[str, ...]
    update: tuple[str, ...]
    delete: tuple[str, ...]

    def load(self) -> Any:
        """Import the model, and return it."""
        module, _, name = self.model.partition(":")
        return getattr(import_module(module), name)


_registered: dict[str, OwnDocument] = {}


def own_documents() -> Mapping[str, OwnDocument]:
    """Return the kinds of documents by their collections, in the order of their registration."""
    return _registered


def add(document: OwnDocument) -> None:
    """Add a kind of document. `stoker.document` checks it before.

    Args:
        document: The kind of document.
    """
    _registered[document.collection] = document


def remove(collection: str) -> None:
    """Remove a kind of document.

    Args:
        collection: The name of the collection.
    """
    _registered.pop(collection, None)


def collections_of_users() -> tuple[str, ...]:
    """Return the collections whose documents belong to a user: their models have the field `userId`."""
    return tuple(
        collection for collection, one in _registered.items() if "user_id" in getattr(one.load(), "model_fields", {})
    )
