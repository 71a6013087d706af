"""The registration of an app's own kind of document."""

import re
from collections.abc import Iterable
from typing import Final

from stoker import config, own_documents
from stoker.own_documents import OwnDocument
from stoker.registry import RegistrationError

COLLECTION: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
"""The form of a collection's name. Firestore allows more, but these names need no quotes in the rules."""

STAFF: Final = ("moderator", "admin")
"""The roles that may have rights to documents of other users. A role is a claim of the token."""

READERS: Final = ("owner", *STAFF, "signed-in", "anyone", "nobody")
"""The callers that `read` may name."""

WRITERS: Final = ("owner", *STAFF, "signed-in", "nobody")
"""The callers that `create`, `update` and `delete` may name."""

MODEL: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
"""The form of a model's name: `module:Class`."""

NAME: Final = re.compile(r"[a-z][A-Za-z0-9]{0,49}")
"""The form of a kind's name. The generated functions of the rules begin with it."""

TAKEN: Final = frozenset(
    (
        *("request", "resource", "before", "database", "debug", "duration", "timestamp", "latlng", "math", "hashing"),
        *("get", "exists", "int", "float", "string", "bool", "path", "list", "map", "set", "number", "bytes", "data"),
        *("match", "allow", "function", "return", "let", "if", "in", "is", "true", "false", "null", "service"),
        *("read", "write", "create", "update", "delete", "import", "as", "input", "owner"),
        *("user", "completion", "task", "project", "job", "event", "aggregate", "jobSettings", "signUpSettings"),
    )
)
"""The names that mean something else in the rules, and the names of Stoker's own documents."""


def document(
    collection: str,
    *,
    model: str,
    name: str,
    read: Iterable[str] = ("owner",),
    create: Iterable[str] = ("owner",),
    update: Iterable[str] = ("owner",),
    delete: Iterable[str] = ("owner",),
) -> None:
    """Register a kind of document. Its rules, TypeScript, JSON Schema and indexes are generated from it.

    The callers are `owner` (the user whose uid is in `userId`), `moderator` and `admin` (the role in the token),
    `signed-in` and `nobody`. `read` may also be `anyone`. A model with `userId` joins the user's export and deletion.

    Args:
        collection: The name of the collection, at the root of the database.
        model: The model of the fields, as `module:Class`. It is imported when documents are generated, exported or
            deleted. If clients write documents, derive it from `OwnedDocument` or `SharedDocument`.
        name: The name of one document, such as `note`. The functions of the rules begin with it.
        read: The callers that may get documents, and list up to 100 of them.
        create: The callers that may create documents.
        update: The callers that may change the fields that the model gives to clients.
        delete: The callers that may delete documents.

    Raises:
        RegistrationError: The registration is wrong. The message says what to do.

    Example:
        >>> document("notes", model="note:Note", name="note", read=("owner", "admin"))
        >>> own_documents.own_documents()["notes"].update
        ('owner',)
        >>> forget_document("notes")
    """
    _check_collection(collection)
    _check_name(collection, name)
    if not isinstance(model, str) or not MODEL.fullmatch(model):
        raise RegistrationError(
            f"The documents {collection} name their model as {model!r}. Name it as module:Class, such as note:Note."
        )
    rights = {"read": read, "create": create, "update": update, "delete": delete}
    checked = {right: _callers(collection, right, callers) for right, callers in rights.items()}
    own_documents.add(OwnDocument(collection=collection, model=model, name=name, **checked))


def forget_document(collection: str) -> None:
    """Remove a kind of document, after a test that has registered it.

    Args:
        collection: The name of the collection.
    """
    own_documents.remove(collection)


def _check_collection(collection: str) -> None:
    if not isinstance(collection, str) or not COLLECTION.fullmatch(collection):
        raise RegistrationError(
            f"The collection {collection!r} needs another name: begin it with a letter, and use letters, digits "
            "and underscores only."
        )
    if collection in config.collections():
        raise RegistrationError(
            f"Stoker itself uses the collection {collection}. Choose another name, or rename Stoker's collection in "
            "the table [names] of stoker.toml."
        )
    if collection in own_documents.own_documents():
        raise RegistrationError(f"The documents {collection} are registered twice. Remove one of both.")


def _check_name(collection: str, name: str) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise RegistrationError(
            f"The documents {collection} have the name {name!r}. Begin it with a small letter, and use letters and "
            "digits only, such as note."
        )
    if name in TAKEN:
        raise RegistrationError(
            f"The documents {collection} have the name {name}, which means something else in the rules. Choose another."
        )
    if any(one.name == name for one in own_documents.own_documents().values()):
        raise RegistrationError(
            f"The documents {collection} have the name {name}, as other documents have. Choose another name."
        )


def _callers(collection: str, right: str, callers: Iterable[str]) -> tuple[str, ...]:
    """Return the callers that have a right, in the order of `READERS`.

    Raises:
        RegistrationError: A caller is unknown, or is named although another caller includes it.
    """
    known = READERS if right == "read" else WRITERS
    given = (callers,) if isinstance(callers, str) else tuple(callers)
    where = f"The documents {collection} have {right}={given!r}."
    if not given:
        raise RegistrationError(f'{where} Name the callers that may do it, or ("nobody",).')
    for caller in given:
        if caller == "anyone" and right != "read":
            raise RegistrationError(
                f"{where} Only signed-in users may write, because nothing limits the writes of others. "
                "Name signed-in, or let a function write the document."
            )
        if caller not in known:
            raise RegistrationError(f"{where} {caller!r} is no caller. Use one of {', '.join(known)}.")
    if len(set(given)) < len(given):
        raise RegistrationError(f"{where} Name each caller once.")
    for alone in ("nobody", "anyone", "signed-in"):
        if alone in given and len(given) > 1:
            others = ", ".join(caller for caller in given if caller != alone)
            meaning = "excludes" if alone == "nobody" else "includes"
            raise RegistrationError(f"{where} {alone} {meaning} {others}: leave one of them out.")
    return tuple(caller for caller in READERS if caller in given)
