"""A server that answers a listener as Firestore does: with the changes since a resume token, in messages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from google.cloud.firestore_v1.types import Document, ListenResponse

from stoker.live.listen_state import TARGET_ID

Message: Any = ListenResponse.pb()
DocumentMessage: Any = Document.pb()
ROOT = "projects/p/databases/(default)/documents/tasks"
ADD, REMOVE, CURRENT, RESET = 1, 2, 3, 4


def document(name: str, time: int, **fields: Any) -> Any:
    """Make a document. Each field is a value's message, or an integer.

    Args:
        name: The id.
        time: The update time, in seconds.
        fields: The fields.
    """
    made = DocumentMessage(name=f"{ROOT}/{name}")
    made.update_time.seconds = time
    for field, value in fields.items():
        if isinstance(value, int):
            made.fields[field].integer_value = value
        else:
            made.fields[field].CopyFrom(value)
    return made


def changed(one: Any) -> Any:
    """The message of a document that is among the results."""
    message = Message()
    message.document_change.document.CopyFrom(one)
    message.document_change.target_ids.append(TARGET_ID)
    return message


def left(one: Any) -> Any:
    """The message of a document that does not match the query any more."""
    message = Message()
    message.document_change.document.CopyFrom(one)
    message.document_change.removed_target_ids.append(TARGET_ID)
    return message


def deleted(name: str) -> Any:
    """The message of a document that was deleted."""
    return Message(document_delete={"document": f"{ROOT}/{name}", "removed_target_ids": [TARGET_ID]})


def removed(name: str) -> Any:
    """The message of a document that the server knows to be gone, and no more."""
    return Message(document_remove={"document": f"{ROOT}/{name}", "removed_target_ids": [TARGET_ID]})


def target(kind: int, **fields: Any) -> Any:
    """The message of a change of the target."""
    return Message(target_change={"target_change_type": kind, "target_ids": [TARGET_ID], **fields})


def consistent(time: int, token: bytes = b"") -> Any:
    """The message that all changes until a time were sent."""
    return Message(target_change={"read_time": {"seconds": time}, "resume_token": token})


def count(number: int) -> Any:
    """The message with the number of the results, as the server counts them."""
    return Message(filter={"target_id": TARGET_ID, "count": number})


class ListenServer:
    """The documents of a database, and the messages for a listener of all of them."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.time = 1
        self._past: dict[bytes, Mapping[str, Any]] = {}

    def set(self, name: str, **fields: Any) -> Any:
        """Write a document, and return the message of the change."""
        self.time += 1
        self.documents[name] = document(name, self.time, **fields)
        return changed(self.documents[name])

    def delete(self, name: str, told: Callable[[str], Any] = deleted) -> Any:
        """Delete a document, and return the message of the change."""
        self.time += 1
        del self.documents[name]
        return told(name)

    def flush(self) -> Any:
        """Return the message that all changes were sent, with a token of this moment."""
        token = str(self.time).encode()
        self._past[token] = dict(self.documents)
        return consistent(self.time, token)

    def answer(self, asked: Any) -> Sequence[Any]:
        """Return the first messages for a target: the results, or their changes since its resume token."""
        before = self._past[asked.resume_token] if asked.resume_token else {}
        news = [changed(one) for name, one in self.documents.items() if before.get(name) != one]
        gone = [removed(name) for name in before if name not in self.documents]
        return [target(ADD), *news, *gone, count(len(self.documents)), target(CURRENT), self.flush()]
