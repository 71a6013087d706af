"""Documents as Firestore sends them: the client library can't decode some, and can't ask for all that is below one."""

import re
from collections.abc import Iterator

from google.api_core import exceptions
from google.cloud.firestore_v1.types import Document, StructuredQuery

from stoker.firestore.client import client


def possible_id(name: str) -> bool:
    """Whether a document may have this id. A user's uid, which admins choose, may be what Firestore refuses.

    Source: https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields
    """
    return name not in (".", "..") and not re.fullmatch("__.*__", name)


def path_of(document: Document) -> str:
    """A document's path in its database, such as `tasks/spring`."""
    return str(document.name).split("/documents/", 1)[1]


def name_of(path: str) -> str:
    """A document's name as the API wants it; without a path, that of the database's root."""
    return f"{client()._database_string}/documents/{path}".rstrip("/")


def get(path: str) -> Document | None:
    """One document, if there is one."""
    try:
        found = client()._firestore_api.get_document(request={"name": name_of(path)}, metadata=client()._rpc_metadata)
    except exceptions.NotFound:
        return None
    return Document(found)


def run(path: str, query: StructuredQuery) -> Iterator[Document]:
    """The documents that a query finds.

    Args:
        path: The document below which it asks; empty for the database's root.
        query: One that is declared.
    """
    request = {"parent": name_of(path), "structured_query": query}
    for answer in client()._firestore_api.run_query(request=request, metadata=client()._rpc_metadata):
        if "document" in answer:
            yield answer.document
