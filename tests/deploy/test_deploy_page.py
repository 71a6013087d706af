"""The commands of docs/deploy.md with the real Firebase CLI: a new project from an empty login on."""

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from conftest import missing
from deploy.checkouts import Checkout
from deploy.terminal import Answers, Run, without_terminal
from stoker_tools.setup.environment import ROOT
from twin.google_world import World
from twin.proxy import Google, started

PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
VERSION = json.loads((ROOT / "package.json").read_text())["dependencies"]["firebase-tools"]

COMMAND = re.compile(r"^ *\$ ([^#\n]+)|`((?:scripts/|npx |npm |gcloud )[^`]+)`", re.MULTILINE)
"""A command of the page: after the sign of a console, or in a sentence."""

MEANT = {"PROJECT": "acme-prod", "UID": "ada", "ADDRESS": "ops@example.com"}
"""The value for each word that a reader replaces."""

SCRIPT = """
import sys
from stoker_tools.setup import environment
environment.enter = environment.prepare = lambda places=(): None  # This interpreter has the packages.
from stoker_tools.cli import stoker
sys.exit(stoker.main(sys.argv[1:]))
"""

NEW_PROJECT = [
    f"npx firebase-tools@{VERSION} login",
    f'npx firebase-tools@{VERSION} firestore:databases:create "(default)" --location us-central1 --project PROJECT',
    "scripts/deploy --check",
    "scripts/deploy",
    "scripts/roles set UID admin",
    "scripts/doctor",
    "scripts/alerts --email ADDRESS",
]
"""The commands for a new project, in the order of the page. The test below knows how to run each of them."""

LATER = [
    "scripts/deploy --check --allow-deletions",
    "scripts/deploy --allow-deletions",
    f"npx firebase-tools@{VERSION} deploy --non-interactive --only firestore,storage --project PROJECT",
    f"npx firebase-tools@{VERSION} deploy --non-interactive --only functions --force --project PROJECT",
    f"npx firebase-tools@{VERSION} deploy",
    "scripts/deploy --check --json",
]
"""The commands for later deployments, in the order of the page."""

MENTIONED = {"npx firebase deploy", "scripts/emulators", "scripts/demo", "scripts/generate", "scripts/jobs retry"}
"""Commands that the page does not tell its reader to run. It says that the first one fails."""

SECONDS = 200
"""The longest time for a command. It takes a tenth of that on a machine without other work."""

pytestmark = pytest.mark.timeout(600)


def commands(text: str) -> list[str]:
    """Return the commands of a part of the page, in their order."""
    return [(found[1] or found[2]).strip() for found in COMMAND.finditer(text)]


def section(title: str) -> str:
    """Return the section of the page with a title."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def in_browser(output: str) -> str:
    """Do what a browser does after the user has agreed: call the address that the CLI waits at."""
    [address] = re.findall(r"https://accounts\.google\.com/\S+", output)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    agreed = {"code": "4/twin", "state": asked["state"]}
    assert requests.get(asked["redirect_uri"], params=agreed, timeout=30).ok
    return ""


QUESTIONS: Answers = {"Enable Gemini": "n\r", "collect CLI": "n\r", "Waiting for authentication": in_browser}


@pytest.fixture
def new_project(tmp_path: Path) -> Iterator[Google]:
    """A project after step 1: without a database, and with nothing deployed."""
    directory = tmp_path / "twin"
    directory.mkdir()
    world = World(database=None, vcpu=200)
    world.accounts["ada"] = {"localId": "ada", "email": "ada@example.com", "createdAt": "1700000000000"}
    with started(world, directory, documents=True) as running:
        yield running
    assert world.unknown == []


def run(command: str, checkout: Checkout, google: Google, scratch: Path) -> Run:
    """Run a command of the page as its reader does, with no login but that of the Firebase CLI."""
    words = [MEANT.get(word, word) for word in shlex.split(command)]
    if words[0] == "npx":
        assert words[1] == f"firebase-tools@{VERSION}"
        answers = QUESTIONS if words[2] == "login" else None
        return checkout.firebase(google, scratch, *words[2:], answers=answers, token=False)
    name = words[0].removeprefix("scripts/")
    assert f'/stoker" {name} "$@"' in (checkout.root / "scripts" / name).read_text()
    variables = google.environment(scratch)
    del variables["FIREBASE_TOKEN"]
    variables |= {"https_proxy": variables["HTTPS_PROXY"], "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(google.trusted)}
    variables |= {"PYTHONPATH": str(checkout.root / "tools"), "PYTHONDONTWRITEBYTECODE": "1"}
    return without_terminal([sys.executable, "-c", SCRIPT, name, *words[1:]], checkout.root, variables, SECONDS)


def name_project(checkout: Checkout) -> None:
    """Install the packages for Node.js, and name the project as step 3 says."""
    if not (ROOT / "node_modules").is_dir():
        missing("node_modules")
    (checkout.root / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    (checkout.root / ".firebaserc").write_text('{ "projects": { "default": "acme-prod" } }')


def test_the_page_names_the_pinned_firebase_cli_and_needs_no_google_cloud_sdk() -> None:
    assert set(re.findall(r"firebase-tools@([\d.]+)", PAGE)) == {VERSION}
    assert [command for command in commands(PAGE) if command.startswith("gcloud")] == []


def test_the_tests_know_each_command_of_the_page() -> None:
    assert set(commands(PAGE)) == {*NEW_PROJECT, *LATER, *MENTIONED}


@pytest.mark.slow
def test_a_new_project_step_by_step(new_project: Google, scratch: Path, checkout: Checkout) -> None:
    assert commands(section("A new project")) == NEW_PROJECT
    name_project(checkout)
    world, done = new_project.world, {}
    for command in commands(section("A new project")):
        done[command] = run(command, checkout, new_project, scratch)
        assert "Traceback" not in done[command].output, done[command].output
        assert "ya29" not in done[command].output
        assert done[command].code == (1 if command == "scripts/doctor" else 0), f"{command}\n{done[command].output}"
    assert "Logged in as ada@example.com" in done[NEW_PROJECT[0]].output
    assert world.database == "us-central1"
    assert {"videoprocessing", "retryJob", "sweep_jobs"} <= world.ids("us-central1")
    assert json.loads(world.accounts["ada"]["customAttributes"])["role"] == "admin"
    [profile] = [one for name, one in world.documents.items() if name.endswith("/documents/users/ada")]
    assert profile["fields"]["role"].string_value == "admin"
    assert world.monitoring
    # No time has passed: Cloud Scheduler has not called the sweeper yet.
    found = re.findall(r"^(?:error|warning) +([a-z-]+): ", done["scripts/doctor"].output, re.MULTILINE)
    assert found == ["sweep-never", "no-cors"]


@pytest.mark.soak
def test_the_commands_for_later_deployments(new_project: Google, scratch: Path, checkout: Checkout) -> None:
    name_project(checkout)
    for command in [*NEW_PROJECT[:2], "scripts/deploy"]:
        assert run(command, checkout, new_project, scratch).code == 0
    functions = new_project.world.ids()
    for command in LATER:
        done = run(command, checkout, new_project, scratch)
        assert done.code == 0, f"{command}\n{done.output}"
        assert new_project.world.ids() == functions
