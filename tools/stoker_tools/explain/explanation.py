"""The explanation of a client's write to Firestore: the reasons for which the rules would refuse it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from stoker import config
from stoker.models.document import Model
from stoker.models.orphan import PREFIX
from stoker.own_documents import OwnDocument, own_documents
from stoker_tools.explain.field_problems import Fields, change_problems, creation_problems, declared_fields, stored
from stoker_tools.explain.input_problems import failing_inputs, refused_inputs
from stoker_tools.generate.documents import documents


def models() -> Mapping[str, type[Model]]:
    """Return the models of the documents, by the names of the collections."""
    return {document.collection: document.model for document in documents() if document.collection != config.ADMIN_DATA}


NEVER_WRITTEN = {
    config.COMPLETIONS: "only functions write completions",
    config.ANALYTICS_AGGREGATES: "only functions write aggregates",
    config.ADMIN_DATA: "only a user with the role 'admin' writes settings: scripts/roles gives roles",
}
"""Collections that a user without a role can't write, with the reasons."""

NEVER_CREATED = {config.USERS: "the server makes the profile at the sign-up: call ensureProfile if it is missing"}
NEVER_CHANGED = {config.ANALYTICS_EVENTS: "no client changes an event"}


def collections() -> tuple[str, ...]:
    """Return the collections whose rules are known here."""
    return tuple({**models(), **NEVER_WRITTEN})


SIGN_IN = "the sign-in is at most five minutes old, unless the user is anonymous"
ACCOUNT = "the account is not being deleted, and was not deleted"


@dataclass(frozen=True)
class Write:
    """A write of a client.

    Attributes:
        collection: The name of the collection.
        document_id: The id of the document; None if the field `id` names it.
        user_id: The uid of the user who has signed in.
        fields: The fields to write. `NOW` stands for the server's time.
        before: The document before a change; None if the client creates the document.
        removed: The names of the fields that a change removes.
    """

    collection: str
    document_id: str | None
    user_id: str
    fields: Fields
    before: Fields | None = None
    removed: Collection[str] = ()


@dataclass(frozen=True)
class Explanation:
    """The decision of the rules about a write of a user without a role.

    Attributes:
        refused: The reasons for which the rules refuse the write. The rules accept it if there are none.
        unseen: Further conditions of the rules, which depend on more than the document.
        failing: Problems that the rules do not see. The functions that use the document find them.
    """

    refused: list[str]
    unseen: list[str]
    failing: list[str]


def explained(write: Write) -> Explanation:
    """Explain the decision of the rules about a write.

    Example:
        >>> write = Write("analyticsEvents", "a", "ada", {"count": 1}, before={"userId": "ada"})
        >>> explained(write).refused
        ['no client changes an event']
    """
    if reason := _never(write):
        return Explanation([reason], [], [])
    model = models()[write.collection]
    if write.before is None:
        found = [*creation_problems(model, write.fields), *_creation_permissions(write)]
    else:
        found = [
            *change_problems(model, write.before, write.fields, write.removed),
            *_change_permissions(write, write.before),
        ]
    refused = [sentence for sentence in found if not _is_in_a_list(write, sentence)]
    failing = [sentence for sentence in found if _is_in_a_list(write, sentence)]
    if write.collection == config.JOBS and write.before is None:
        job_type, given = write.fields.get("type"), write.fields.get("input")
        inputs = refused_inputs(job_type, given)
        refused += inputs
        failing += [] if inputs else failing_inputs(job_type, stored(given))
    return Explanation(refused, list(_unseen(write)), failing)


def _never(write: Write) -> str | None:
    """Return the reason for which no user without a role makes such a write; None if some writes are possible."""
    if write.collection in NEVER_WRITTEN:
        return NEVER_WRITTEN[write.collection]
    if write.collection not in models():
        return f"no client writes documents of {write.collection!r}"
    if own := own_documents().get(write.collection):
        return _closed(own, "create" if write.before is None else "update")
    return (NEVER_CREATED if write.before is None else NEVER_CHANGED).get(write.collection)


def _closed(own: OwnDocument, right: str) -> str | None:
    """Return the reason for which no user without a role has a right to the app's own documents."""
    callers = own.create if right == "create" else own.update
    if {"owner", "signed-in"} & {*callers}:
        return None
    if callers == ("nobody",):
        return f"no client may {right} documents of {own.collection!r}"
    return f"only a user with the role {' or '.join(map(repr, callers))} may {right} documents of {own.collection!r}"


def _creation_permissions(write: Write) -> Iterator[str]:
    fields = write.fields
    if "userId" in fields and fields["userId"] != write.user_id:
        yield f"userId: must be the uid of the user who has signed in, {write.user_id!r}"
    if write.document_id is not None and "id" in fields and fields["id"] != write.document_id:
        yield f"id: must repeat the document's id, {write.document_id!r}"
    if write.collection != config.JOBS:
        return
    document_id = fields.get("id") if write.document_id is None else write.document_id
    if isinstance(document_id, str) and document_id.startswith(PREFIX):
        yield f"id: must not begin with {PREFIX!r}: only functions write such jobs"
    if _deletes_all(write) and fields.get("runAfter") is not None:
        yield "runAfter: a deletion of all data begins at once: leave this field out"


def _change_permissions(write: Write, before: Fields) -> Iterator[str]:
    if write.collection == config.USERS:
        if (write.document_id or before.get("id", write.user_id)) != write.user_id:
            yield f"this is the profile of another user than {write.user_id!r}"
        return
    own = own_documents().get(write.collection)
    if before.get("userId") != write.user_id and (own is None or "owner" in own.update):
        yield f"userId: the document must belong to {write.user_id!r}, and belongs to {before.get('userId')!r}"
    if write.collection == config.JOBS and before.get("status") not in ("pending", "processing"):
        yield f"status: the job must be 'pending' or 'processing', and is {before.get('status')!r}"


def _unseen(write: Write) -> Iterator[str]:
    project = write.fields.get("projectId")
    if write.collection == config.TASKS and project is not None and project != (write.before or {}).get("projectId"):
        yield f"projectId: there is a project {project!r}, and it belongs to {write.user_id!r}"
    has_owner = "user_id" in models()[write.collection].model_fields
    if write.before is None and write.collection != config.ANALYTICS_EVENTS and has_owner:
        yield ACCOUNT
    if write.collection == config.JOBS and write.before is None and _deletes_all(write):
        yield SIGN_IN


def _deletes_all(write: Write) -> bool:
    given = write.fields.get("input")
    return isinstance(given, dict) and given.get("operation") == "delete-user-data"


def _is_in_a_list(write: Write, sentence: str) -> bool:
    """Return whether a problem lies within a list, where the rules do not see it.

    The rules can't loop. Of a list of maps they see the length. They check all texts of a list as one joined text, in
    which a number, a boolean and null are texts too.
    """
    for item in declared_fields(models()[write.collection]).values():
        if item.schema.get("type") != "array" or not sentence.startswith(f"{item.name}["):
            continue
        value = write.fields.get(item.name)
        of_maps = "$ref" in item.schema["items"]
        return of_maps or any(
            (one is None or isinstance(one, bool | int | float)) and sentence.startswith(f"{item.name}[{number}]:")
            for number, one in enumerate(value if isinstance(value, list) else [])
        )
    return False
