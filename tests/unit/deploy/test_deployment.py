"""The steps of a deployment, with a stand-in for the Firebase CLI, and the change of CORS on the twin of Google."""

import os
import signal
from pathlib import Path

import pytest

from stoker_tools.deploy import cors, survey
from stoker_tools.deploy.deployment import deploy, set_cors
from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup.installers import ENDINGS, Interruption
from twin.google_world import World
from unit.deploy.near import Near

CLI = """\
#!/bin/sh
echo "$@" >> runs
echo "deploying"
case "$*" in *"{failing}"*) exit 2;; esac
"""

PLAN = Plan("acme-prod", origins=("https://app.example.com",))


def checkout(directory: Path, failing: str) -> Path:
    """Return a checkout whose CLI fails if an argument has a text."""
    cli = directory / "node_modules/.bin/firebase"
    cli.parent.mkdir(parents=True)
    cli.write_text(CLI.format(failing=failing))
    cli.chmod(0o755)
    return directory


def test_rules_and_indexes_come_first_and_without_force(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    done = deploy(checkout(tmp_path, "no such argument"), PLAN, lines.append, quietly=False)
    assert done == ["firestore", "storage", "functions"]
    first, second = (tmp_path / "runs").read_text().splitlines()
    assert "--only firestore,storage" in first
    assert "--force" not in first
    assert "--only functions --force" in second
    assert len(lines) == 2
    assert capfd.readouterr().out == "deploying\n" * 2


def test_the_output_of_the_cli_does_not_disturb_json(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    deploy(checkout(tmp_path, "no such argument"), PLAN, lambda line: None, quietly=True)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "deploying\n" * 2)


@pytest.mark.parametrize(
    ("failing", "code", "before"),
    [
        ("firestore", ExitCode.FAILED, "ended with 2. Its messages"),
        ("functions", ExitCode.INCOMPLETE, "ended with 2. Deployed before: firestore, storage."),
    ],
)
def test_a_failure_says_what_was_deployed_before(tmp_path: Path, failing: str, code: ExitCode, before: str) -> None:
    with pytest.raises(CommandError, match=before) as failed:
        deploy(checkout(tmp_path, failing), PLAN, lambda line: None, quietly=True)
    assert failed.value.exit_code == code
    assert len((tmp_path / "runs").read_text().splitlines()) == (1 if code == ExitCode.FAILED else 2)


@pytest.mark.parametrize("number", ENDINGS, ids=lambda number: number.name)
def test_a_signal_ends_the_cli_and_says_what_to_do(tmp_path: Path, number: signal.Signals) -> None:
    root = checkout(tmp_path, "no such argument")
    cli = root / "node_modules/.bin/firebase"
    cli.write_text(f"#!/bin/sh\necho $$ > pid\nkill -{number.value} $PPID\nexec sleep 100\n")
    with pytest.raises(Interruption, match=r"Interrupted\. A part of it may be deployed\.") as interrupted:
        deploy(root, PLAN, lambda line: None, quietly=True)
    assert interrupted.value.exit_code == 128 + number
    with pytest.raises(ProcessLookupError):
        os.kill(int((root / "pid").read_text()), 0)


def changed(world: World, plan: Plan) -> str:
    """Set CORS on the bucket of a world."""
    google = Near(world)
    return set_cors(google, survey.facts(google, plan).bucket, plan)


def test_cors_is_set_once() -> None:
    world = World()
    assert [changed(world, PLAN) for _ in range(2)] == ["set", "unchanged"]
    assert world.cors == [cors.entry(["https://app.example.com"])]
    assert len(world.writes()) == 1


def test_without_origins_cors_stays_as_it_is() -> None:
    world = World(cors=[{"origin": ["*"], "method": ["GET"]}])
    assert changed(world, Plan("acme-prod")) == "not configured"
    assert world.writes() == []


def test_a_refusal_of_cors_is_reported_when_all_is_deployed() -> None:
    with pytest.raises(CommandError, match="Everything is deployed, but the CORS configuration") as failed:
        changed(World(denied={"storage.buckets.update"}), PLAN)
    assert failed.value.exit_code == ExitCode.INCOMPLETE
