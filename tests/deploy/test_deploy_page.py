"""The commands of `docs/deploy.md`, in their order, with the real Firebase CLI and the twin of Google.

One command is not here: `scripts/roles set` writes to Firestore by gRPC, which the twin does not speak. It runs on the
suite, in `tests/emulator/test_documented_commands.py`.
"""

import re
import shlex
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from conftest import missing
from deploy.checkouts import CLI, Checkout
from deploy.terminal import Answers, in_terminal, without_terminal
from stoker_tools.setup.environment import ROOT
from twin.google_world import World
from twin.proxy import Google, started

PAGE = (ROOT / "docs/deploy.md").read_text()

INSTALLED = """
import sys
from stoker_tools.cli import stoker
from stoker_tools.setup import environment

environment.enter = environment.prepare = lambda places=(): None  # This interpreter has the packages.
sys.exit(stoker.main(sys.argv[1:]))
"""

NOT_HERE = {"scripts/roles set UID admin"}
"""The commands of the page that other tests run."""

SECONDS = 120
"""The longest time for a command. It takes a tenth of that on a machine without other work."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def commands() -> list[str]:
    """Return the commands of the page, in their order, each once."""
    blocks = re.findall(r"^ *\$ ((?:scripts/|npx |gcloud ).*)$", PAGE, re.MULTILINE)
    inline = re.findall(r"`((?:scripts/(?:deploy|roles|alerts)|npx firebase-tools@\S+) [^`]+|scripts/doctor)`", PAGE)
    found = [line.partition("    #")[0].partition("  # ")[0].strip() for line in [*blocks, *inline]]
    return list(dict.fromkeys(found))


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    """A new project, in which nobody has made a database yet."""
    with started(World(database=None, vcpu=200), tmp_path) as running:
        yield running


def log_in(output: str) -> str:
    """Log in as somebody does in a browser, at the address that the CLI has printed; return nothing to type."""
    [address] = re.findall(r"https://accounts\.google\.com/\S+", output)
    asked = parse_qs(urlsplit(address).query)
    answer = urlencode({"state": asked["state"][0], "code": "a-code"})
    with urllib.request.urlopen(f"{asked['redirect_uri'][0]}/?{answer}") as page:
        assert page.status == 200
    return ""


QUESTIONS: Answers = {"Gemini": "n\r", "collect CLI": "n\r", "Waiting for authentication...": log_in}


def run(command: str, checkout: Checkout, google: Google, scratch: Path) -> None:
    """Run a command of the page as its reader does, with the project of the twin."""
    words = shlex.split(command.replace("PROJECT", google.world.project).replace("ADDRESS", "ops@example.com"))
    environment = {name: value for name, value in google.environment(scratch).items() if name != "FIREBASE_TOKEN"}
    if words[0] == "npx":
        words[:2] = ["node", str(CLI)]
    else:
        words[:1] = [sys.executable, "-c", INSTALLED, words[0].removeprefix("scripts/")]
        environment["PYTHONPATH"] = str(checkout.root / "tools")
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
    if words[-1] == "login":
        del environment["CI"]
        done = in_terminal(words, checkout.root, environment, QUESTIONS, SECONDS)
        assert "Logged in as ada@example.com" in done.output
    else:
        done = without_terminal(words, checkout.root, environment, SECONDS)
    # The doctor finds that the twin has no documents.
    assert done.code == (1 if "doctor" in words else 0), f"{command}\n{done.output}"


def test_each_command_of_the_page_works_in_a_new_project(google: Google, scratch: Path, checkout: Checkout) -> None:
    if not CLI.exists():
        missing("The Firebase CLI")
    (checkout.root / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    (checkout.root / ".firebaserc").write_text('{"projects": {"default": "acme-prod"}}')
    listed = commands()
    first = [line for line in listed if line.startswith("npx") and (" login" in line or "databases:create" in line)]
    assert len(first) == 2
    for command in [*first, *(line for line in listed if line not in (*first, *NOT_HERE))]:
        run(command, checkout, google, scratch)
    assert google.world.database == "us-central1"
    assert {"videoprocessing", "retryJob"} <= google.world.ids("us-central1")
    assert google.world.monitoring
    # The CLI asks whether there is a new version of it.
    assert set(google.world.unknown) <= {"CONNECT firebase-public.firebaseio.com:443"}
