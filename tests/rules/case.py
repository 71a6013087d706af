"""One request to the rules, and what they must say."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from stoker_tools.rules_lab.firestore import Query, Request

STRANGERS = ("nobody", "expired", "tenant", "bob", "mia", "rex", "retired", "impostor")
"""Who may not write what is Ada's."""

STAFF = ("mia", "rex")

Fields = dict[str, Any]

MOMENT = timedelta(seconds=10)
"""A time that is longer than the making of a request and its judgement take together."""


@dataclass(frozen=True)
class Case:
    """A request, and whether it must be allowed.

    Attributes:
        group: What is asked for: a collection and an operation, such as `tasks create`.
        name: What is special about it.
        who: One of `stoker_tools.rules_lab.identities.tokens`.
        request: What to do.
        allowed: Whether the rules must allow it.
    """

    group: str
    name: str
    who: str
    request: Request
    allowed: bool = False

    @property
    def place(self) -> str:
        """What it touches."""
        return self.name + self.who if isinstance(self.request, Query) else self.request.path

    def __str__(self) -> str:
        return f"{self.group}, {self.who}, {self.name}: must be {'allowed' if self.allowed else 'refused'}"
