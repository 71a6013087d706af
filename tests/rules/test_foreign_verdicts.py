"""An app's rules with Stoker's region: Google's rules engine gives the verdicts that `stoker install` promises.

If the rules are accepted, requests to Stoker's paths are judged as with Stoker's rules alone, and requests to the app's
paths as with the app's rules alone.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

import pytest

from deploy.living_app import FIRESTORE_RULES
from rules.case import Case
from rules.documents import documents
from rules.firestore_cases import cases
from stoker.app_settings import COLLECTIONS
from stoker_tools.generate.app_rules import region
from stoker_tools.generate.files import document_regions
from stoker_tools.generate.inputs import input_functions
from stoker_tools.install.foreign_paths import firestore_paths
from stoker_tools.install.foreign_rules import FIRESTORE, rules_refusals
from stoker_tools.install.foreign_scanner import ForeignMatch, scan
from stoker_tools.rules_lab.firestore import Create, Delete, Documents, FirestoreEmulator, Get, Query, Request, Update
from stoker_tools.rules_lab.identities import Tokens
from stoker_tools.rules_lab.judge import misjudged
from unit.install.foreign_apps import APPS, ForeignApp

ACCEPTED = [app for app in APPS if not app.refused]
REFUSED = [app for app in APPS if app.refused and "if false" not in app.rules]
PATHS = {"/".join(str(one) for one in path.segments[3::2]) for path in firestore_paths()}
"""The collections of Stoker, such as `users/completions`."""
LIVING = ForeignApp("living", FIRESTORE_RULES)
"""The app of `test_living_app.py`, whose deployed rules are its own with the region."""
NAMES = {"users": "stokerUsers"}
WHO = ("nobody", "ada", "bob", "rex", "tenant")


def is_guarded(case: Case) -> bool:
    """Return whether a case is about a path of Stoker. The app may have collections below Stoker's documents."""
    request = case.request
    if isinstance(request, Query):
        path = request.collection
        return path in COLLECTIONS if request.group else "/".join(path.split("/")[::2]) in PATHS
    names = request.path.split("/")
    return len(names) % 2 == 0 and "/".join(names[::2]) in PATHS


CASES = [case for case in cases() if is_guarded(case)]
FEW = list(
    {(case.group, case.who, case.allowed): case for case in sorted(CASES, key=lambda case: -len(repr(case)))}.values()
)
"""The shortest case of each collection, operation, user and verdict. `test_firestore_rules.py` tries the others."""


def pairs(block: ForeignMatch) -> Iterator[tuple[str, ForeignMatch]]:
    """Yield each block below a block, and the block itself, with its path below the root of the documents."""
    for chain in block.walk():
        segments = [segment for part in chain for segment in part.segments]
        yield "/".join(segment.literal or "ada" for segment in segments[3:]), chain[-1]


def with_region(rules: str, template: str, names: Mapping[str, str]) -> str:
    """Return an app's rules with Stoker's region in a block of its own."""
    parts = {**document_regions(), "input": input_functions("input")}
    text = f"// BEGIN stoker\n{region(template, parts, names=names)}// END stoker\n"
    at = scan(rules).services[FIRESTORE].closed
    return f"{rules[:at]}match /databases/{{database}}/documents {{\n{text}\n}}\n{rules[at:]}"


def restored(project: FirestoreEmulator, request: Request, before: Documents) -> None:
    """Undo the change of a request to a project that had some documents before."""
    if not isinstance(request, Get | Query):
        there = request.path in before
        project.put({request.path: before[request.path]} if there else {}, [] if there else [request.path])


def wrong(project: FirestoreEmulator, identities: Tokens, chosen: list[Case]) -> list[str]:
    """Return the cases that a project judges in another way than Stoker's rules."""
    found = misjudged(
        chosen,
        lambda case: project.allows(case.request, identities[case.who]),
        lambda case: restored(project, case.request, documents()),
    )
    return [str(case) for case in found]


def own_requests(rules: str) -> Iterator[Request]:
    """Yield requests to the paths that an app's own blocks name. Stoker's `users` has another name."""
    fields = {"uid": "ada", "owner": "ada", "text": "Hello", "title": "Hello", "price": 1, "lines": []}
    for service in scan(rules).services[FIRESTORE].blocks:
        for path, block in pairs(service):
            names = path.split("/")
            if not block.allows or len(names) % 2 or "/".join(names[::2]) in PATHS - NAMES.keys():
                continue
            yield from (Get(path), Create(path, fields), Update(path, {"text": "Hello"}), Delete(path))
            yield Query(str(PurePosixPath(path).parent))
            yield Query(names[-2], group=True)


@pytest.mark.slow
@pytest.mark.parametrize("app", ACCEPTED, ids=lambda app: app.name)
def test_accepted_rules_leave_our_verdicts_as_they_are(
    new_project: Callable[[], FirestoreEmulator], identities: Tokens, firestore_rules: str, app: ForeignApp
) -> None:
    rules = with_region(app.rules, firestore_rules, {})
    assert rules_refusals(rules, "firestore.rules", FIRESTORE, firestore_paths()) == []
    project = new_project()
    project.load(rules)
    project.put(documents())
    assert wrong(project, identities, FEW) == []


@pytest.mark.parametrize("app", [*ACCEPTED, LIVING], ids=lambda app: app.name)
def test_our_region_leaves_the_apps_verdicts_as_they_are(
    new_project: Callable[[], FirestoreEmulator], identities: Tokens, firestore_rules: str, app: ForeignApp
) -> None:
    requests = [(request, who) for request in own_requests(app.rules) for who in WHO]
    verdicts = []
    for rules in (app.rules, with_region(app.rules, firestore_rules, NAMES)):
        project = new_project()
        project.load(rules)
        of_these = []
        for request, who in requests:
            of_these.append(project.allows(request, identities[who]))
            restored(project, request, {})
        verdicts.append(of_these)
    assert len(requests) >= 5
    assert verdicts[0] == verdicts[1]


@pytest.mark.slow
@pytest.mark.parametrize("app", REFUSED, ids=lambda app: app.name)
def test_refused_rules_would_open_our_paths(
    new_project: Callable[[], FirestoreEmulator], identities: Tokens, firestore_rules: str, app: ForeignApp
) -> None:
    project = new_project()
    project.load(with_region(app.rules, firestore_rules, {}))
    project.put(documents())
    assert wrong(project, identities, FEW)
