"""An upgrade of Stoker from this version to the next, in an app that has extended and edited it."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy import living_app, own_job
from deploy.living_app import FILES, SHARED
from deploy.newer_version import FIELD, INDEX, NEW, OLD, PREDEPLOY, RULE
from deploy.two_versions import Machines, done, stoker
from deploy.upgraded_app import FOLDER, OWN_PACKAGE
from stoker_tools.exit_codes import ExitCode
from stoker_tools.install.json_text import load
from stoker_tools.rules_lab.language import parse

ORIGINAL = {name: text.encode() for name, text in FILES.items()}

WRITTEN_ONCE = {f"{FOLDER}/.env", f"{FOLDER}/.gitignore"}
"""Files that belong to the app, but that this app has never changed. So they go with Stoker."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def content(app: Path) -> dict[str, bytes]:
    """Return the content of each file of the app, without the environment of the functions."""
    found = living_app.content(app)
    return {name: data for name, data in found.items() if not name.startswith(f"{FOLDER}/venv/")}


def deletions(text: str, collection: str) -> list[str]:
    """Return the conditions under which clients may delete documents of a collection, in parsed rules."""
    blocks = [block for block in parse(text).walk() if block.path.startswith(f"/{collection}/")]
    return [repr(allow.condition) for block in blocks for allow in block.allows if "delete" in allow.methods]


def run_own_job(app: Path) -> Any:
    """Run a job of the app's own type, as the deployed function would; return what it says."""
    folder = app / FOLDER
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "STOKER"))}
    code = Path(own_job.__file__).read_text()
    run = subprocess.run(
        [str(folder / "venv/bin/python"), "-c", code, "one two three"],
        cwd=folder,
        env={
            **variables,
            "GCLOUD_PROJECT": "demo-upgrade",
            "STOKER_REGION": "us-central1",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "choice", [["--overwrite", "firestore.rules"], pytest.param(["--keep-edits"], marks=pytest.mark.soak)]
)
def test_an_upgrade_renews_all_of_stoker_and_nothing_else(
    choice: list[str], machines: Machines, tmp_path: Path
) -> None:
    app, new, is_kept = machines.copy(tmp_path), machines.new, choice == ["--keep-edits"]
    before = content(app)

    assert_refusals(machines, app)
    done(new, app, "update", "--yes", *choice)
    done(new, app, "generate")
    done(new, app, "generate", "--check")
    after = content(app)
    assert_own_bytes(machines, after)
    assert_wheel(after)
    assert_rules(after["firestore.rules"].decode(), before["firestore.rules"].decode(), machines.edit, is_kept)
    assert INDEX in load(app / "firestore.indexes.json")["indexes"]
    assert f"  {FIELD}?: number | null;" in after["clients/stoker/stoker.d.ts"].decode()
    assert "interface WordsInput" in after["clients/stoker/stoker.d.ts"].decode()
    assert PREDEPLOY in after[".stoker/predeploy.cjs"].decode()
    manifest = after[f"{FOLDER}/functions.yaml"].decode()
    assert re.search(r"(?m)^  wordcount:$", manifest)
    assert re.search(r"(?m)^  pinNote:$", manifest)

    ran = run_own_job(app)
    assert (ran["version"], ran["words"], ran["job"]["status"]) == (NEW, [3], "completed")

    assert "Nothing was changed." in done(new, app, "update", "--yes")
    assert content(app) == after
    assert_no_way_back(machines, app)

    shutil.rmtree(app / FOLDER / "venv")
    if is_kept:
        assert stoker(new, app, "uninstall", "--yes").code == ExitCode.INCOMPLETE
    done(new, app, "uninstall", "--yes", *(["--overwrite", "firestore.rules"] if is_kept else []))
    assert content(app) == ORIGINAL | machines.own


def assert_refusals(machines: Machines, app: Path) -> None:
    """Assert that the edit is shown, that nothing is changed unasked, and that the update comes first."""
    before = content(app)
    refused = stoker(machines.new, app, "generate")
    assert refused.code == ExitCode.FAILED
    assert f"The app has Stoker {OLD}, and this command is of version {NEW}." in refused.output
    assert "Run `stoker update` first." in refused.output
    refused = stoker(machines.new, app, "update", "--yes")
    assert refused.code == ExitCode.INCOMPLETE, refused.output
    assert f"+  {machines.edit}" in refused.output
    assert "--keep-edits" in refused.output
    assert "--overwrite firestore.rules" in refused.output
    assert content(app) == before


def assert_own_bytes(machines: Machines, after: dict[str, bytes]) -> None:
    """Assert that the app's own files are as they were."""
    for name, own in (ORIGINAL | machines.own).items():
        assert name in SHARED or after[name] == own, name
    for name in WRITTEN_ONCE:
        assert after[name] == (machines.app / name).read_bytes()
    rules = after["firestore.rules"].decode()
    assert re.sub(r"(?ms)^ *// BEGIN stoker.*// END stoker\n", "", rules).split() == FILES["firestore.rules"].split()


def assert_wheel(after: dict[str, bytes]) -> None:
    """Assert that the app has the new wheel alone, and that the packages name it with its hash."""
    [wheel] = [name for name in after if name.endswith(".whl")]
    assert wheel == f"{FOLDER}/stoker-{NEW}-py3-none-any.whl"
    requirements = after[f"{FOLDER}/requirements.txt"].decode()
    digest = hashlib.sha256(after[wheel]).hexdigest()
    assert re.search(rf"(?m)^\./stoker-{NEW}-py3-none-any\.whl \\\n    --hash=sha256:{digest}$", requirements)
    assert OLD not in requirements.partition(NEW)[0].splitlines()[-1]
    assert f"{OWN_PACKAGE.strip()}==" in requirements
    assert str(Path.home()) not in requirements
    assert "/site-packages/" not in requirements, "No path of this machine is in a file that the app commits."


def assert_rules(rules: str, before: str, edit: str, is_kept: bool) -> None:
    """Assert that the rules are those of the choice, and that they are rules."""
    assert parse(rules)
    if is_kept:
        assert rules == before
        return
    assert edit not in rules
    assert "in-progress" in "".join(deletions(rules, "tasks"))
    assert "in-progress" not in "".join(deletions(before, "tasks"))
    assert RULE.partition("&&")[2] in rules
    assert f"'{FIELD}'" in rules
    assert deletions(rules, "stokerProjects"), "the changed settings"
    assert not deletions(rules, "projects")
    assert "match /notes/{" in rules
    assert "stokerWordsInputFits(" in rules


def assert_no_way_back(machines: Machines, app: Path) -> None:
    """Assert that the older version refuses the app before it reads any of the app's code."""
    main = app / FOLDER / "main.py"
    text, before = main.read_text(), content(app)
    main.write_text(f"{text}\nfrom stoker import of_the_next_version\n")
    for words in (["update", "--yes"], ["install", ".", "--yes"], ["generate"]):
        refused = stoker(machines.old, app, *words)
        assert refused.code == ExitCode.FAILED
        assert f"The app has Stoker {NEW}, and this command is of version {OLD}." in refused.output
        assert "Install the newer stoker_tools" in refused.output
        assert "Traceback" not in refused.output
    main.write_text(text)
    assert content(app) == before
