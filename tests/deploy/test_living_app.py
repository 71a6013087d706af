"""Stoker in an app that is alive: from the wheel of the tools to the deployment, and out again."""

import json
import re

import pytest

from deploy.living_app import FILES, FIRESTORE_RULES, INDEX, OWN_FUNCTIONS, SHARED, content, living_app
from deploy.wheel_place import WheelPlace
from stoker_tools.exit_codes import ExitCode
from stoker_tools.install.json_text import load
from unit.install.foreign_apps import APPS, ForeignApp

ORIGINAL = {name: text.encode() for name, text in FILES.items()}

RENAMED = '[names]\nusers = "stokerUsers"\n'

TARGETS = ("--only", "functions,firestore,storage")

REGION = re.compile(r"(\r?\n)\r?\n[ \t]*// BEGIN stoker.*?// END stoker[ \t]*\r?\n", re.DOTALL)

BLOCKING = {"before_created", "before_signed_in"}

BLOCK = "match /databases/{database}/documents {"
"""The block into which Stoker's region is put. An app without it is asked to add it."""

HARMLESS = [app for app in APPS if not app.refused and BLOCK in app.rules]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def prepare_names(place: WheelPlace) -> None:
    """Give Stoker's collection `users` another name, as the refusal says."""
    folder = place.app.root / "functions-stoker"
    folder.mkdir()
    (folder / "stoker.toml").write_text(RENAMED)


def check_files(place: WheelPlace) -> None:
    """Check that the app has each byte that it had, and Stoker's parts beside them."""
    root, now = place.app.root, content(place.app.root)
    assert {name for name in ORIGINAL if now[name] != ORIGINAL[name]} == SHARED
    for name in ("firestore.rules", "storage.rules"):
        assert REGION.sub(r"\1", now[name].decode()) == FILES[name]
    settings, comments = load(root / "firebase.json"), ("// Our site.", "/* Node */")
    [own, stoker] = settings.pop("functions")
    assert (own, stoker["codebase"]) == ({"source": "functions", "runtime": "nodejs22"}, "stoker")
    assert list(settings) == ["hosting", "firestore", "storage"]
    assert all(comment in now["firebase.json"].decode() for comment in comments)
    assert load(root / "firestore.indexes.json")["indexes"][0] == INDEX


@pytest.fixture
def place(wheel_place: WheelPlace) -> WheelPlace:
    """The app, before it knows Stoker."""
    living_app(wheel_place.app.root)
    return wheel_place


def test_into_a_living_app_and_out_again(place: WheelPlace) -> None:
    world, root = place.world, place.app.root
    first = place.app.deploy(place.google, place.scratch, *TARGETS, "--force")
    assert first.code == 0, first.output
    assert world.ids() == OWN_FUNCTIONS
    before, blocking = place.functions(*OWN_FUNCTIONS), json.dumps(world.blocking)
    assert "beforeCreate" in blocking

    refused = place.stoker("install", ".", "--yes")
    line = FIRESTORE_RULES[: FIRESTORE_RULES.index("match /users/")].count("\n") + 1
    assert refused.code == ExitCode.FAILED
    assert f"firestore.rules:{line}: `match /users/{{uid}}`" in refused.output
    assert RENAMED.splitlines()[1] in refused.output, "the way out"
    assert content(root) == ORIGINAL

    prepare_names(place)
    for command in (("install", ".", "--yes"), ("generate",), ("deploy",)):
        place.done(*command)
    check_files(place)
    assert place.functions(*OWN_FUNCTIONS) == before
    assert json.dumps(world.blocking) == blocking
    assert list(world.made("DELETE", "")) == []
    assert {"videoprocessing", "retryJob", "sweep_jobs"} <= world.ids() - BLOCKING == world.ids()
    assert {"posts", "processingJobs"} <= place.indexed()
    for service, name in (("cloud.firestore", "firestore.rules"), ("firebase.storage", "storage.rules")):
        assert place.rules(service).encode() == content(root)[name]
        assert REGION.sub(r"\1", place.rules(service)) == FILES[name], "the requests of the app have the same verdicts"
    assert "match /stokerUsers/" in place.rules("cloud.firestore")
    # No time has passed: Cloud Scheduler has not called the sweeper yet.
    assert place.diagnosis() == ["sweep-never", "no-cors"]

    place.done("uninstall", "--yes")
    assert content(root) == ORIGINAL | {"functions-stoker/stoker.toml": RENAMED.encode()}


@pytest.mark.soak
def test_the_app_deploys_as_before(place: WheelPlace) -> None:
    """The people of the app go on with the command of the Firebase CLI."""
    prepare_names(place)
    for command in (("install", ".", "--yes"), ("generate",), ("deploy",)):
        place.done(*command)
    both = place.world.ids() | OWN_FUNCTIONS
    for _ in range(2):
        again = place.app.deploy(place.google, place.scratch, *TARGETS)
        assert again.code == 0, again.output
        assert place.world.ids() == both
    assert "beforeCreate" in json.dumps(place.world.blocking)
    checked = place.stoker("deploy", "--check")
    assert checked.code == 0, checked.output
    assert "Set STOKER_ORIGINS in functions-stoker/.env" in checked.output


@pytest.mark.soak
@pytest.mark.parametrize("other", HARMLESS, ids=lambda app: app.name)
def test_harmless_rules_are_accepted(place: WheelPlace, other: ForeignApp) -> None:
    rules = other.rules.encode()
    file = place.app.root / "firestore.rules"
    file.write_bytes(rules)
    place.done("install", ".", "--yes")
    assert b"// BEGIN stoker" in file.read_bytes()
    place.done("uninstall", "--yes")
    assert content(place.app.root) == ORIGINAL | {"firestore.rules": rules}
