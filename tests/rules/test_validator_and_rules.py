"""The validator of the models and the rules agree on every write of a client, apart from the listed exceptions."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from rules.conftest import Tokens
from rules.documents import documents
from rules.exceptions import EXEMPTIONS
from rules.near_valid import NearlyValid
from rules.written import collections
from stoker_tools.explain.field_problems import change_problems, creation_problems
from stoker_tools.rules_lab.firestore import Create, FirestoreEmulator, Request, Update
from stoker_tools.rules_lab.identities import claims, unsigned
from stoker_tools.rules_lab.judge import misjudged

CREATED = ("tasks", "tasks", "projects", "processingJobs", "analyticsEvents", "analyticsEvents")
CHANGED = ("tasks", "users", "projects")


@dataclass(frozen=True)
class Write:
    """A write of a client, with the decision of the validator."""

    group: str
    request: Request
    fields: dict[str, Any]
    place: str
    who: str
    allowed: bool

    def exempted(self) -> list[str]:
        """Why the rules may decide otherwise."""
        return [
            exemption.reason
            for exemption in EXEMPTIONS
            if exemption.stricter == self.allowed and exemption.concerns(self.group, self.fields)
        ]


def writes(seed: int, count: int) -> list[Write]:
    """As many writes as one asks for, each to a document of its own."""
    by_name = {collection.name: collection for collection in collections()}
    before = documents()
    drawn = NearlyValid(seed)
    found = []
    for number in range(count):
        if drawn.random.random() < 0.6:
            collection = by_name[drawn.random.choice(CREATED)]
            path = f"{collection.name}/w{number}"
            fields = drawn.creation(collection, f"w{number}")
            allowed = not creation_problems(collection.model, fields)
            found.append(Write(collection.name, Create(path, fields), fields, path, "ada", allowed))
        else:
            collection = by_name[drawn.random.choice(CHANGED)]
            # Whoever has a profile has its id: to have many of them changed at once, there are many users.
            who = f"u{number}" if collection.name == "users" else "ada"
            path = f"{collection.name}/{who if collection.name == 'users' else f'w{number}'}"
            fields = drawn.change(collection)
            there = before[f"{collection.name}/{collection.present}"]
            allowed = not change_problems(collection.model, there, fields)
            found.append(Write(collection.name, Update(path, fields), fields, path, who, allowed))
    return found


@pytest.mark.parametrize("count", [300, pytest.param(5000, marks=pytest.mark.soak)])
def test_they_agree(
    new_project: Callable[[], FirestoreEmulator], firestore_rules: str, identities: Tokens, count: int
) -> None:
    drawn = writes(seed=count, count=count)
    project = new_project()
    project.load(firestore_rules)
    project.put(documents())
    there = documents()
    present = {collection.name: there[f"{collection.name}/{collection.present}"] for collection in collections()}
    changed = {write.place: present[write.group] for write in drawn if isinstance(write.request, Update)}
    for start in range(0, len(changed), 500):
        project.put(dict(list(changed.items())[start : start + 500]))
    ada = claims(str(identities["ada"]))

    def allows(write: Write) -> bool:
        return project.allows(write.request, unsigned({**ada, "sub": write.who, "user_id": write.who}))

    differing = misjudged(drawn, allows, lambda write: None)
    project.clear()

    assert [write for write in differing if not write.exempted()] == []
    verdicts = Counter(write.allowed for write in drawn)
    assert min(verdicts.values()) > count * 0.3, "nearly valid documents are about as often valid as not"
    if count >= 5000:
        met = {reason for write in differing for reason in write.exempted()}
        assert met == {exemption.reason for exemption in EXEMPTIONS}, "an exception that is never met is none"
