"""A request to the rules, with the expected decision."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from stoker_tools.rules_lab.firestore import Query, Request

STRANGERS = ("nobody", "expired", "tenant", "bob", "mia", "rex", "retired", "impostor")
"""Users who may not write Ada's documents."""

STAFF = ("mia", "rex")

SIGNED_IN = ("ada", "nameless", "bob", "impostor", *STAFF)
"""Users with a token that counts."""

Fields = dict[str, Any]

MOMENT = timedelta(seconds=10)
"""A time that is longer than the making of a request and its judgement take together."""


@dataclass(frozen=True)
class Case:
    """A request with the expected decision.

    Attributes:
        group: The collection and the operation, such as `tasks create`.
        name: The special property of this case.
        who: The name of a user of `stoker_tools.rules_lab.identities.Tokens`.
        request: The request.
        allowed: True if the rules must allow it.
    """

    group: str
    name: str
    who: str
    request: Request
    allowed: bool = False

    @property
    def place(self) -> str:
        """The document that the request touches."""
        return self.name + self.who if isinstance(self.request, Query) else self.request.path

    def __str__(self) -> str:
        return f"{self.group}, {self.who}, {self.name}: must be {'allowed' if self.allowed else 'refused'}"
