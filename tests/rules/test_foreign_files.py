"""An app's rules of Storage with Stoker's region: the rules engine judges as `stoker install` promises."""

import os
from collections.abc import Iterator

import pytest

from rules.conftest import Tokens
from rules.storage_cases import OBJECTS, StorageCase, scaled, storage_cases
from stoker_tools.generate.app_rules import region
from stoker_tools.generate.uploads import upload_function
from stoker_tools.install.foreign_paths import FOLDERS
from stoker_tools.install.foreign_rules import STORAGE
from stoker_tools.install.foreign_scanner import scan
from stoker_tools.rules_lab.judge import misjudged
from stoker_tools.rules_lab.storage import Browse, Remove, StorageEmulator
from stoker_tools.setup.environment import ROOT
from unit.install.foreign_apps import FILE_APPS, ForeignApp

RULES = ROOT / "rules/storage.rules"

BROWSING = [
    StorageCase(f"{folder or 'all files'} list", "must stay unknown", who, Browse(folder))
    for folder in ("", "user-uploads/", "job-outputs/")
    for who in ("nobody", "bob", "tenant")
]
CASES = [case for case in storage_cases() if case.request.path.startswith(tuple(f"{folder}/" for folder in FOLDERS))]
FEW = [*{(case.group, case.who, case.allowed, type(case.request)): case for case in CASES}.values(), *BROWSING]


@pytest.fixture
def files(_suite: None) -> Iterator[StorageEmulator]:
    """The files, whose rules are the same for all buckets: afterwards, they are as they were."""
    emulator = StorageEmulator(os.environ["FIREBASE_STORAGE_EMULATOR_HOST"], "rules-foreign")
    for path in OBJECTS:
        emulator.put(path)
    yield emulator
    emulator.load(RULES.read_text(), str(RULES))
    emulator.close()


def with_region(rules: str) -> str:
    """Return an app's rules with Stoker's region in a block of its own."""
    text = region(RULES.read_text(), {"uploads": upload_function("isAccepted")}, names={})
    at = scan(rules).services[STORAGE].closed
    return f"{rules[:at]}match /b/{{bucket}}/o {{\n// BEGIN stoker\n{text}// END stoker\n}}\n{rules[at:]}"


def wrong(files: StorageEmulator, identities: Tokens) -> list[str]:
    """Return the cases that are judged in another way than by Stoker's rules."""

    def restore(case: StorageCase) -> None:
        if case.request.path in OBJECTS:
            files.put(case.request.path)
        elif not isinstance(case.request, Browse | Remove):
            files.remove(case.request.path)

    found = misjudged(FEW, lambda case: files.allows(case.request, identities[case.who]), restore)
    return [str(case) for case in found]


@pytest.mark.slow
@pytest.mark.parametrize("app", FILE_APPS, ids=lambda app: app.name)
def test_only_refused_rules_would_change_our_verdicts(
    files: StorageEmulator, identities: Tokens, app: ForeignApp
) -> None:
    files.load(scaled(with_region(app.rules)), str(RULES))
    assert bool(wrong(files, identities)) == bool(app.refused)
