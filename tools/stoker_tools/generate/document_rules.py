"""The blocks of the rules for an app's own documents: the permissions, and the checks of the fields.

The forms are those of the blocks that are written by hand in `rules/firestore.rules`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from stoker.models.document import Model
from stoker.models.owned_document import OwnedDocument, SharedDocument
from stoker.models.writers import Writer, writer_of
from stoker.own_documents import OwnDocument, own_documents
from stoker_tools.generate.documents import own_kinds
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.rules import document_functions

STAFF = ("moderator", "admin")

THERE = "resource.data"
NEW = "request.resource.data"
"""The document that is there, and the document as the client writes it."""


def own_document_blocks() -> str:
    """Return the `match` blocks of all documents that the app has registered, without indentation.

    Raises:
        GenerateError: A model can't be written by the clients that the registration names.
    """
    registered = own_documents()
    return "\n\n".join(block(registered[kind.collection], kind.model) for kind in own_kinds())


def block(kind: OwnDocument, model: type[Model]) -> str:
    """Return the `match` block of a kind of document.

    Args:
        kind: The kind, with the callers that have rights.
        model: Its model.

    Raises:
        GenerateError: The model can't be written by the clients that the registration names.
    """
    if found := next(problems(kind, model), None):
        raise GenerateError(f"The documents {kind.collection}: {found}")
    created, updated = _is_open(kind.create), _is_open(kind.update)
    functions = document_functions(model, kind.name, created=created, updated=updated) if created or updated else ""
    named = Counter(re.findall(r"function (\w+)\(", functions))
    if twice := [name for name, count in named.items() if count > 1]:
        raise GenerateError(
            f"The documents {kind.collection}: the rules would have the function {twice[0]} twice. Choose another name "
            f"than {kind.name}, or rename the model of the map inside the document."
        )
    lines = [f"// {_summary(kind)}", f"match /{kind.collection}/{{{kind.name}Id}} {{"]
    lines += [f"  {line}" for permission in _permissions(kind, model) for line in permission.splitlines()]
    if functions:
        lines += ["", *(f"  {line}" if line else "" for line in functions.splitlines())]
    return "\n".join([*lines, "}"])


def problems(kind: OwnDocument, model: type[Model]) -> Iterator[str]:
    """Yield each reason for which no safe rules can be made, as a sentence that says what to do.

    Args:
        kind: The kind of document.
        model: Its model.
    """
    name = model.__name__
    asks_owner = [right for right in ("read", "create", "update", "delete") if "owner" in getattr(kind, right)]
    if asks_owner and "user_id" not in model.model_fields:
        yield f"{name} has no userId, so it has no owner. Derive it from stoker.OwnedDocument."
    if _is_open(kind.create) or _is_open(kind.update):
        base = OwnedDocument if "user_id" in model.model_fields else SharedDocument
        for field in base.model_fields:
            if field != "schema_version" and not _same(model, base, field):
                yield (
                    f"{name} must declare {base.model_fields[field].alias} as stoker.{base.__name__} does. Derive it "
                    f"from stoker.{base.__name__}, and leave the field as it is."
                )
    elif "user_id" in model.model_fields and not _is_owner(model):
        yield f"{name} must declare userId as a required text. Derive it from stoker.OwnedDocument."
    if "signed-in" in kind.create and "user_id" in model.model_fields:
        yield (
            "create names signed-in, but with userId anyone could write documents in the name of another user. Name "
            "owner, or derive the model from stoker.SharedDocument."
        )
    writers = {writer_of(field.metadata) for field in model.model_fields.values()}
    if _is_open(kind.update) and Writer.CLIENT not in writers:
        yield f"update names callers, but {name} gives no field to clients. Mark a field with stoker.CLIENT."


def _is_owner(model: type[Model]) -> bool:
    """Return whether the rules and a deletion find the owner of each document: `userId` is a required text."""
    field = model.model_fields["user_id"]
    declared = model.model_json_schema(by_alias=True)["properties"].get("userId", {})
    return field.is_required() and declared.get("type") == "string"


def _same(model: type[Model], base: type[Model], field: str) -> bool:
    """Return whether a model has a field with the type, the bounds and the writer of the base."""
    if field not in model.model_fields:
        return False
    mine, theirs = model.model_fields[field], base.model_fields[field]
    schemas = [one.model_json_schema(by_alias=True)["properties"].get(theirs.alias) for one in (model, base)]
    return (
        schemas[0] == schemas[1]
        and mine.is_required() == theirs.is_required()
        and writer_of(mine.metadata) is writer_of(theirs.metadata)
    )


def _is_open(callers: Sequence[str]) -> bool:
    return callers != ("nobody",)


def _permissions(kind: OwnDocument, model: type[Model]) -> Iterator[str]:
    """Yield the permissions. A right that nobody has gets no line, because the rules deny by default."""
    name = kind.name
    if _is_open(kind.read):
        readers = _allowed(kind.read, THERE)
        # The ids of documents that only functions create may be made from a uid, so nobody learns that one is missing.
        may_learn = "owner" in kind.read and _is_open(kind.create)
        yield f"allow get: if {' || '.join((['isMissing()'] if may_learn else []) + readers)};"
        yield f"allow list: if {' && '.join(['isBounded()', *(one for one in _grouped(readers) if one != 'true')])};"
    if _is_open(kind.create):
        conditions = [*_grouped(_allowed(kind.create, NEW)), f"{NEW}.id == {name}Id", f"{name}Created({NEW})"]
        if "user_id" in model.model_fields:
            conditions.append("isStaying()")
        yield _spread("create", conditions)
    if _is_open(kind.update):
        yield _spread("update", [*_grouped(_allowed(kind.update, THERE)), f"{name}Updated({NEW}, {THERE})"])
    if _is_open(kind.delete):
        yield f"allow delete: if {' || '.join(_allowed(kind.delete, THERE))};"


def _allowed(callers: Sequence[str], data: str) -> list[str]:
    """Return a condition for each group of callers. One of them must hold."""
    found = []
    if "anyone" in callers:
        found.append("true")
    if "signed-in" in callers:
        found.append("signedIn()")
    if "owner" in callers:
        found.append(f"isOwner({data}.userId)")
    if staff := [f"'{role}'" for role in STAFF if role in callers]:
        found.append(f"hasRole([{', '.join(staff)}])")
    return found


def _grouped(conditions: Sequence[str]) -> list[str]:
    """Return the conditions as one, for a chain of conditions that must all hold."""
    return [conditions[0] if len(conditions) == 1 else f"({' || '.join(conditions)})"]


def _spread(right: str, conditions: Sequence[str]) -> str:
    return f"allow {right}: if " + "\n  && ".join(conditions) + ";"


def _summary(kind: OwnDocument) -> str:
    rights = (("read", kind.read), ("create", kind.create), ("update", kind.update), ("delete", kind.delete))
    told = "; ".join(f"{right}: {', '.join(callers)}" for right, callers in rights)
    return f"{kind.collection}, registered by the app. {told}."
