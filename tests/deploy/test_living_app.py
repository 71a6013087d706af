"""Stoker in an app that is alive, from the wheel of the tools to the deployment, and out again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.checkouts import Checkout
from deploy.living_app import FILES, INDEX, OWN_FUNCTIONS, POSTS, SHARED, USERS, content, living_app
from deploy.terminal import Run, without_terminal
from stoker_tools.cli.build import build
from stoker_tools.exit_codes import ExitCode
from stoker_tools.install.json_text import load
from stoker_tools.setup.environment import ROOT
from twin.google_world import World
from twin.proxy import Google, started
from wheel_home import WheelHome, with_wheel

SECONDS = 250
"""The longest time for a command. It takes a tenth of that on a machine without other work."""

ORIGINAL = {name: text.encode() for name, text in FILES.items()}

RENAMED = '[names]\nusers = "stokerUsers"\n'

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Place:
    """A developer's machine, with an app and its project."""

    machine: WheelHome
    app: Checkout
    google: Google
    scratch: Path

    def stoker(self, *arguments: str) -> Run:
        """Run the command `stoker` in the folder of the app. Only a deployment asks the twin in place of Google."""
        others = self.google.environment(self.scratch) if arguments[0] == "deploy" else None
        variables = self.machine.variables(others)
        return without_terminal([str(self.machine.stoker), *arguments], self.app.root, variables, SECONDS)


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> WheelHome:
    """A machine on which the wheel of the tools is installed."""
    directory = tmp_path_factory.mktemp("machine")
    _, tools = build(ROOT, directory / "wheels")
    return with_wheel(tools, directory)


@pytest.fixture
def place(machine: WheelHome, tmp_path: Path) -> Iterator[Place]:
    """The app on this machine."""
    scratch, directory = tmp_path / "scratch", tmp_path / "twin"
    scratch.mkdir()
    directory.mkdir()
    world = World(vcpu=200)
    with started(world, directory) as google:
        yield Place(machine, Checkout(living_app(tmp_path / "app")), google, scratch)
    assert world.unknown == []


def released(world: World, service: str) -> str:
    """Return the rules that the project has for a service."""
    [name] = [one for one in world.releases if f"/releases/{service}" in one]
    [source] = world.rulesets[world.releases[name]["rulesetName"]]["files"]
    return str(source["content"])


def own_functions(world: World) -> dict[str, str]:
    """Return the functions of the app as the project has them, by name."""
    return {name: json.dumps(world.function(name), sort_keys=True) for name in OWN_FUNCTIONS}


def test_into_a_living_app_and_out_again(place: Place) -> None:
    world, root = place.google.world, place.app.root
    first = place.app.deploy(place.google, place.scratch, "--only", "functions,firestore,storage", "--force")
    assert first.code == 0, first.output
    assert world.ids() == OWN_FUNCTIONS
    before, blocking = own_functions(world), json.dumps(world.blocking)
    assert "beforeCreate" in blocking
    own_rules = {service: released(world, service) for service in ("cloud.firestore", "firebase.storage")}

    refused = place.stoker("install", ".", "--yes")
    assert refused.code == ExitCode.FAILED
    line = next(number for number, text in enumerate(FILES["firestore.rules"].splitlines(), 1) if "/users/" in text)
    assert f"firestore.rules:{line}: `match /users/{{uid}}`" in refused.output
    assert 'users = "stokerUsers"' in refused.output, "the way out"
    assert content(root) == ORIGINAL

    (root / "functions-stoker").mkdir()
    (root / "functions-stoker" / "stoker.toml").write_text(RENAMED)
    for command in (("install", ".", "--yes"), ("generate",), ("deploy",)):
        done = place.stoker(*command)
        assert done.code == 0, done.output
    installed = content(root)
    for name in ORIGINAL.keys() - SHARED:
        assert installed[name] == ORIGINAL[name], name
    assert own_functions(world) == before
    assert json.dumps(world.blocking) == blocking
    assert list(world.made("DELETE", "")) == []
    assert {"videoprocessing", "retryJob", "sweep_jobs"} <= world.ids()
    assert {"on_before_created", "on_before_signed_in"}.isdisjoint(world.ids())
    print(sorted(world.ids()))
    assert POSTS in released(world, "cloud.firestore") and USERS in released(world, "cloud.firestore")


OFF = """\
[features]
video = false
speech = false
analytics = false
batch = false
profiles = false
progress = false
"""


@pytest.mark.parametrize("x", [1])
def test_off(place: Place, x: int) -> None:
    world, root = place.google.world, place.app.root
    world.identity_platform = False
    world.off |= {"texttospeech.googleapis.com"}
    world.denied |= {"serviceusage.services.enable"}
    import shutil

    shutil.rmtree(root)
    root.mkdir()
    (root / ".firebaserc").write_text(FILES[".firebaserc"])
    (root / "functions").mkdir()
    (root / "functions" / "stoker.toml").write_text(OFF)
    for command in (
        ("install", ".", "--yes"),
        ("generate",),
        ("deploy", "--check"),
        ("deploy",),
        ("costs",),
        ("costs", "--films", "3"),
        ("costs", "--events", "3"),
    ):
        done = place.stoker(*command)
        print(command, done.code, done.output[-1500:])
    shutil.rmtree("/tmp/w/lv/off", ignore_errors=True)
    shutil.copytree(root, "/tmp/w/lv/off", symlinks=True)
    print(sorted(world.ids()))
    for content in world.sources.values():
        import zipfile, io

        print(zipfile.ZipFile(io.BytesIO(content)).read("requirements.txt")[:3000])
