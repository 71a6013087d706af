"""`functions/functions.yaml`, and the checks that `firebase deploy` runs before it deploys the functions."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import missing
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.manifest import OF_THE_CHECKOUT, fingerprint, manifest, sources_of
from stoker_tools.setup.environment import ROOT

pytestmark = pytest.mark.slow

PREDEPLOY = ROOT / "tools" / "stoker_tools" / "deploy" / "predeploy.cjs"

SOURCES = sources_of(ROOT / "functions", ["main.py"])
"""The files that decide the manifest of the checkout."""

Check = Callable[..., dict[str, str]]


@pytest.fixture
def functions(tmp_path: Path) -> Path:
    """Return a copy of `functions/` without its environment."""
    copy = tmp_path / "functions"
    shutil.copytree(ROOT / "functions", copy, ignore=shutil.ignore_patterns("venv", "__pycache__"))
    needs = copy / OF_THE_CHECKOUT[-1]
    needs.parent.mkdir(parents=True)
    shutil.copy(ROOT / "functions" / OF_THE_CHECKOUT[-1], needs)
    return copy


@pytest.fixture
def check(functions: Path) -> Check:
    """Run the checks on the copy; return the messages of the findings by their codes."""
    if not shutil.which("node"):
        missing("Node.js")

    def run(project: str = "acme-prod") -> dict[str, str]:
        command = [str(shutil.which("node")), str(PREDEPLOY), "--json"]
        environment = {"RESOURCE_DIR": str(functions), "GCLOUD_PROJECT": project}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        found: list[dict[str, Any]] = json.loads(done.stdout)
        assert done.returncode == (1 if found else 0)
        assert all(one["cure"] for one in found)
        return {one["code"]: one["message"] for one in found}

    return run


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_manifest_has_every_function_and_the_parameters() -> None:
    found = yaml.safe_load(manifest())
    assert {one["name"] for one in found["params"]} == {"STOKER_REGION", "STOKER_BLOCKING"}
    blocking = {name for name, one in found["endpoints"].items() if "blockingTrigger" in one}
    assert blocking == {"before_created", "before_signed_in"}
    assert {name for name, one in found["endpoints"].items() if "omit" in one} == blocking
    assert {tuple(one["region"]) for one in found["endpoints"].values()} == {("{{ params.STOKER_REGION }}",)}


def test_the_account_of_the_functions_is_built_in(functions: Path) -> None:
    def accounts() -> set[str | None]:
        return {one["serviceAccountEmail"] for one in yaml.safe_load(manifest(functions))["endpoints"].values()}

    assert accounts() == {None}
    changed(functions / ".env", "# STOKER_SERVICE_ACCOUNT=stoker", "STOKER_SERVICE_ACCOUNT=stoker")
    assert accounts() == {"stoker@{{ params.PROJECT_ID }}.iam.gserviceaccount.com"}


@pytest.mark.parametrize("line", ["STOKER_VCPU=100", "STOKER_SERVICE_ACCOUNT=stoker"])
def test_a_parameter_that_is_built_in_makes_the_manifest_stale_and_has_no_effect_for_a_project(
    functions: Path, check: Check, line: str
) -> None:
    name = line.partition("=")[0]
    changed(functions / ".env", f"# {line}", line)
    assert list(check()) == ["stale-manifest"]
    (functions / "functions.yaml").write_text(manifest(functions))
    (functions / ".env.acme-prod").write_text(f"{line}\n")
    assert check()["bad-parameter"].startswith(f"{name} in .env.acme-prod has no effect")


@pytest.mark.parametrize("name", ["Stoker", "me", "stoker@acme-prod.iam.gserviceaccount.com", "-stoker", "a" * 31])
def test_a_text_that_is_no_name_of_an_account_is_named(functions: Path, check: Check, name: str) -> None:
    changed(functions / ".env", "# STOKER_SERVICE_ACCOUNT=stoker", f"STOKER_SERVICE_ACCOUNT={name}")
    (functions / "functions.yaml").write_text(manifest(functions))
    assert check() == {"bad-parameter": f"STOKER_SERVICE_ACCOUNT is '{name}', which is no name of a service account."}


def test_a_change_of_a_decorator_changes_the_manifest_and_the_fingerprint(functions: Path) -> None:
    before = manifest(functions)
    changed(functions / "stoker/functions.py", "max_instances=4", "max_instances=3")  # Less than is reserved.
    after = manifest(functions)
    assert before != after
    assert "maxInstances: 3" in after
    assert fingerprint(functions, SOURCES) in after
    assert fingerprint(functions, SOURCES) not in before


OWN = """
from own import WORDS
from stoker import job


@job(WORDS, input="words_input:WordsInput", stages=("counting",))
def wordcount(context, words):
    return None
"""


@pytest.fixture
def app(functions: Path) -> Path:
    """Return the functions of an app with a type of its own, beside which Stoker is installed as from a wheel."""
    shutil.rmtree(functions / "stoker")
    shutil.rmtree(functions.parent / "tools")
    with (functions / "main.py").open("a") as file:
        file.write(OWN)
    (functions / "own.py").write_text('WORDS = "word-count"\n')
    (functions / "unused.py").write_text("")
    (functions / "stoker.toml").write_text("")
    return functions


def test_an_app_has_its_own_sources(app: Path, check: Check) -> None:
    """The wheel is named in `requirements.txt`, with its hash."""
    made = manifest(app)
    assert "# sources: main.py own.py requirements.txt stoker.toml\n" in made
    assert "  wordcount:\n" in made
    (app / "functions.yaml").write_text(made)
    (app / "unused.py").write_text("print(1)\n")
    assert check() == {}
    for name in ("own.py", "main.py", "stoker.toml", "requirements.txt"):
        before = (app / name).read_text()
        with (app / name).open("a") as file:
            file.write("\n")
        assert check().keys() == {"stale-manifest"}
        (app / name).write_text(before)


def test_a_type_whose_function_main_does_not_have_is_refused(app: Path) -> None:
    """Its jobs would be accepted by the rules, and its queue would not exist."""
    text = (app / "main.py").read_text()
    (app / "elsewhere.py").write_text(text.partition("\n\n")[2])
    (app / "main.py").write_text("from stoker.functions import *\nimport elsewhere\n")
    with pytest.raises(GenerateError, match=r"such as `from jobs import wordcount`"):
        manifest(app)


def test_a_file_of_an_app_with_a_space_in_its_path_is_refused(app: Path) -> None:
    with pytest.raises(GenerateError, match=r"Rename my words.py"):
        sources_of(app, ["main.py", "my words.py"])


def test_functions_that_can_not_be_loaded_have_no_manifest(functions: Path) -> None:
    changed(functions / "stoker/functions.py", "shutdown.listen()", "shutdown.listened()")
    with pytest.raises(GenerateError, match="has no attribute 'listened'"):
        manifest(functions)


def test_a_fresh_checkout_has_no_finding(check: Check) -> None:
    assert check() == {}


@pytest.mark.parametrize("source", SOURCES)
def test_a_change_of_a_source_makes_the_manifest_stale(functions: Path, check: Check, source: str) -> None:
    with (functions / source).open("a") as file:
        file.write("\n")
    assert "functions.yaml is stale" in check()["stale-manifest"]


def test_line_ends_of_windows_do_not_make_the_manifest_stale(functions: Path, check: Check) -> None:
    for source in SOURCES:
        (functions / source).write_bytes((functions / source).read_bytes().replace(b"\n", b"\r\n"))
    assert check() == {}


def test_a_new_budget_makes_the_manifest_stale(functions: Path, check: Check) -> None:
    changed(functions / ".env", "# STOKER_VCPU=100", "STOKER_VCPU=100")
    assert check().keys() == {"stale-manifest"}
    (functions / "functions.yaml").write_text(manifest(functions))
    assert check() == {}
    assert "maxInstances: 16" in manifest(functions)  # With the default budget, these are 20.


@pytest.mark.parametrize("text", ["", "specVersion: v1alpha1\n", None], ids=["empty", "without-a-head", "none"])
def test_a_manifest_that_is_missing_or_made_by_hand_is_named(functions: Path, check: Check, text: str | None) -> None:
    file = functions / "functions.yaml"
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    assert check().keys() == {"no-manifest" if text is None else "stale-manifest"}


@pytest.mark.parametrize("project", ["", "demo-stoker", "demo-other"])
def test_a_project_of_the_emulators_is_refused(check: Check, project: str) -> None:
    assert check(project).keys() == {"no-project"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("STOKER_REGION=", "bad-region"),
        ("STOKER_REGION=Europe", "bad-region"),
        ("STOKER_REGION=us-centrall1", "bad-region"),
        ("STOKER_REGION=mars-north1", "bad-region"),
        ("STOKER_REGION='us-central1; rm'", "bad-region"),
        ("STOKER_BLOCKING=yes", "bad-parameter"),
        ("STOKER_BLOCKING=", "bad-parameter"),
        ("STOKER_KEEP_OUTPUTS=1", "bad-parameter"),
        ("STOKER_SPEECH=festival", "bad-parameter"),
    ],
)
def test_a_slip_in_a_parameter_is_named(functions: Path, check: Check, line: str, code: str) -> None:
    (functions / ".env.acme-prod").write_text(f"{line}\n")
    found = check()
    assert found.keys() == {code}
    assert line.partition("=")[0] in found[code]


@pytest.mark.parametrize("line", ['STOKER_REGION="europe-west1"', "STOKER_REGION=europe-west1  # near the users"])
def test_a_parameter_of_a_project_wins(functions: Path, check: Check, line: str) -> None:
    changed(functions / ".env", "STOKER_REGION=us-central1", "STOKER_REGION=nowhere")
    assert check().keys() == {"bad-region"}
    (functions / ".env.acme-prod").write_text(f"{line}\n")
    assert check() == {}


@pytest.mark.parametrize(
    "name",
    [
        "acme-firebase-adminsdk-fbsvc-1234abcd.json",
        "service-account.json",
        "stoker/models/key.json",
        "tls.pem",
        "a.p12",
    ],
)
def test_a_private_key_in_the_source_is_not_uploaded(functions: Path, check: Check, name: str) -> None:
    (functions / name).write_text('{"private_key": "-----BEGIN PRIVATE KEY-----"}')
    assert name in check()["secret-in-source"]


@pytest.mark.parametrize("name", ["words.json", "venv/key.json", "certificates.pem"])
def test_a_file_that_is_no_key_or_not_uploaded_is_no_finding(functions: Path, check: Check, name: str) -> None:
    (functions / name).parent.mkdir(exist_ok=True)
    (functions / name).write_text("PRIVATE KEY" if name.startswith("venv") else "-----BEGIN CERTIFICATE-----")
    assert check() == {}


@pytest.mark.parametrize(
    ("old", "new"), [("default: us-central1", "default: us-east1"), ("maxInstances: 20", "maxInstances: 900")]
)
def test_a_manifest_that_was_changed_by_hand_is_named(functions: Path, check: Check, old: str, new: str) -> None:
    changed(functions / "functions.yaml", old, new)
    assert "changed by hand" in check()["stale-manifest"]


def test_more_instances_than_are_reserved_have_no_manifest(functions: Path) -> None:
    changed(
        functions / "stoker/functions.py",
        "max_instances=4,\n)\ndef dispatch_job",
        "max_instances=9,\n)\ndef dispatch_job",
    )
    with pytest.raises(GenerateError, match=r"may use 37 vCPU .* set reserved_vcpu .* to 5"):
        manifest(functions)


@pytest.mark.parametrize("budget", ["lots", "-5", "1.5", "0", "37"])
def test_a_budget_that_is_no_number_or_too_small_is_named(functions: Path, check: Check, budget: str) -> None:
    changed(functions / ".env", "# STOKER_VCPU=100", f"STOKER_VCPU={budget}")
    assert check()["bad-parameter"] == f"STOKER_VCPU is '{budget}'."
