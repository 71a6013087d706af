"""Files of parameters: read as the Firebase CLI reads them, and searched for slips, the same before all commands."""

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conftest import missing
from stoker_tools.deploy import env_file
from stoker_tools.deploy.findings import Finding
from stoker_tools.deploy.local_checks import before_deployment, before_emulators
from stoker_tools.setup.environment import ROOT

pytestmark = pytest.mark.slow

DEPLOY = ROOT / "tools" / "stoker_tools" / "deploy"
KNOWN = set(json.loads((DEPLOY / "parameters.json").read_text()))
OF_CLI = ROOT / "node_modules" / "firebase-tools" / "lib" / "functions" / "env.js"

TEXTS = [
    "",
    "A=1",
    "A=1\nB=2\n",
    "A=1\r\nB=2\r\n",
    "  export A = 1  # one",
    "A=a#b\nB=a #b\nC= #b",
    "A='a # b' # c\nB=\"a # b\"",
    'A="line\\nline\\t\\"quoted\\""',
    "A='it\\'s\\n'",
    "A='two\nlines'\nB=3",
    "A=\nB=2",
    "A\nB=2",
    "A: 1\n# B=2\n\n  \nC=3",
    "a.b/c=1",
    'A="open\nB=2',
    "A='a' b\nB=2",
    "A=$B ${C}",
    "A=1\nA=2",
    "A-B=1\n1A=2\n=3",
    "A=ü\nÜ=1",
]

NAMES = ["A", "a", "A1", "1A", "_A", "PORT", "FIREBASE_X", "FIREBASE_CONFIG", "X_GOOGLE_A", "EXT_A", "KIT_", "A.B", "Ü"]
NAMES += [
    "FIREBASE_SECRET_REF_A",
    "FIREBASE_SECRET_REF_",
    "EXT_SELECTED_EVENTS",
    "EXT_SELECTED_EVENTS_A",
    "GCLOUD_PROJECT",
]

COMPARE = """
const theirs = require(process.argv[1]), ours = require(process.argv[2]);
const { texts, names } = JSON.parse(process.argv[3]);
const accepted = (name) => { try { theirs.validateKey(name); return true; } catch { return false; } };
const values = (text) => Object.fromEntries(ours.parsed(text).settings.map((one) => [one.name, one.value]));
console.log(JSON.stringify({
  texts: texts.map((text) => {
    const { envs, errors } = theirs.parse(text);
    return { theirs: envs, refused: errors.length, ours: values(text), ourRefused: ours.parsed(text).refused.length };
  }),
  names: names.map((name) => [name, accepted(name), ours.isAccepted(name)]),
}));
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with functions, and a project that has two aliases."""
    shutil.copytree(
        ROOT / "functions", tmp_path / "functions", ignore=shutil.ignore_patterns("venv", "__pycache__", "stoker")
    )
    (tmp_path / ".firebaserc").write_text(
        '{"projects": {"default": "acme-prod", "live": "acme-prod", "staging": "acme-staging"}}'
    )
    return tmp_path


def set_in(checkout: Path, name: str, text: str) -> None:
    (checkout / "functions" / name).write_text(text)


def relevant(found: list[Finding]) -> list[Finding]:
    """Return the findings, but for that about the manifest, because the checkout lacks the sources."""
    return [one for one in found if one.code != "stale-manifest"]


def by_the_cli(checkout: Path, project: str = "acme-prod") -> list[Finding]:
    """Return the findings of a bare `firebase deploy`; the exit code must be that of errors."""
    functions = str(checkout / "functions")
    environment = {"RESOURCE_DIR": functions, "PROJECT_DIR": str(checkout), "GCLOUD_PROJECT": project}
    command = [str(shutil.which("node")), str(DEPLOY / "predeploy.cjs"), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = [Finding(**one) for one in json.loads(done.stdout)]
    assert done.returncode == int(any(one.severity == "error" for one in found))
    return relevant(found)


def by_deploy(checkout: Path, project: str = "acme-prod") -> list[Finding]:
    """Return the findings of `scripts/deploy`."""
    return relevant(before_deployment(checkout, checkout / "functions", project))


def test_every_file_is_read_as_the_cli_reads_it() -> None:
    if not OF_CLI.exists():
        missing("The Firebase CLI")
    given = json.dumps({"texts": TEXTS, "names": NAMES})
    command = ["node", "-e", COMPARE, str(OF_CLI), str(DEPLOY / "env_files.cjs"), given]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answers: dict[str, Any] = json.loads(done.stdout)
    for text, answer in zip(TEXTS, answers["texts"], strict=True):
        assert answer["ours"] == answer["theirs"], text
        assert env_file.parsed(text) == answer["theirs"], text
        assert answer["ourRefused"] == answer["refused"], text
    assert [name for name, theirs, ours in answers["names"] if theirs != ours] == []


@pytest.mark.parametrize("file", [".env", ".env.acme-prod", ".env.live"])
@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("STOKER_REGON", "STOKER_REGION"),
        ("stoker_region", "STOKER_REGION"),
        ("Stoker_Blocking", "STOKER_BLOCKING"),
        ("STOKER_CPU", "STOKER_VCPU"),
        ("STOKER_ORIGIN", "STOKER_ORIGINS"),
        ("STOKR_SPEECH", "STOKER_SPEECH"),
        ("STOKER.KEEP.OUTPUTS", "STOKER_KEEP_OUTPUTS"),
        ("STOKERSERVICE_ACCOUNT", "STOKER_SERVICE_ACCOUNT"),
    ],
)
def test_a_misspelt_parameter_is_named_with_the_nearest_known_one(
    checkout: Path, file: str, name: str, near: str
) -> None:
    path = checkout / "functions" / file
    before = path.read_text() if path.exists() else "# Our own.\nSTOKER_BLOCKING=false\n"
    set_in(checkout, file, f"{before}{name}=x\n")
    found = [one for one in by_the_cli(checkout) if one.severity == "error"]
    assert [(one.code, one.cure) for one in found] == [("unknown-parameter", f"Write {near}, or remove the line.")]
    line = len(before.splitlines()) + 1
    assert found[0].message == f"functions/{file}, line {line}, sets {name}, which is no parameter of Stoker."


def test_the_same_slip_is_named_before_all_commands(checkout: Path) -> None:
    set_in(checkout, ".env.acme-prod", "STOKER_REGON=us-east1\n")
    set_in(checkout, ".env.demo-stoker", "STOKER_SPEACH=espeak\n")
    set_in(checkout, ".env.local", "STOKER_SPEECH=espeak\nSTOKER_SPEECH=google\nspeech\n")
    assert by_deploy(checkout) == by_the_cli(checkout)
    assert [one.code for one in by_deploy(checkout)] == ["unknown-parameter"]
    found = before_emulators(checkout / "functions", "demo-stoker")
    assert [(one.code, one.severity) for one in found] == [
        ("unknown-parameter", "warning"),
        ("bad-env", "warning"),
        ("duplicate-parameter", "warning"),
    ]


def test_a_name_of_stoker_that_is_near_to_none_is_answered_with_all_names(checkout: Path) -> None:
    set_in(checkout, ".env.acme-prod", "STOKER_FANCY_THINGS=1\n")
    [one] = by_the_cli(checkout)
    assert one.code == "unknown-parameter"
    assert all(name in one.cure for name in KNOWN)


@pytest.mark.parametrize("name", ["MY_REGION", "REGION", "SMOKER_COLOR", "STRIPE_KEY", "constructor_X".upper()])
def test_a_parameter_of_the_app_is_no_slip(checkout: Path, name: str) -> None:
    set_in(checkout, ".env.acme-prod", f"{name}=1\n")
    assert by_the_cli(checkout) == []


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("MINE=1\nMINE=2\n", "duplicate-parameter", "line 2, sets MINE again, after line 1"),
        ("STOKER_SPEECH=espeak\n\nSTOKER_SPEECH=google\n", "duplicate-parameter", "line 3, sets STOKER_SPEECH again"),
        ("# text\nSTOKER_SPEECH espeak\n", "bad-env", "line 2, is no NAME=VALUE"),
        ("MY-KEY=1\n", "bad-env", "line 1, is no NAME=VALUE"),
        ("my_key=1\n", "bad-env", "sets my_key. The Firebase CLI refuses this name."),
        ("constructor=1\n", "bad-env", "sets constructor."),
        ("FIREBASE_TOKEN=1\n", "bad-env", "sets FIREBASE_TOKEN."),
        ("STOKER_KEEP_OUTPUTS=true false\n", "bad-parameter", "STOKER_KEEP_OUTPUTS is 'true false'."),
        ('STOKER_SPEECH="es peak" # the voice\n', "bad-parameter", "STOKER_SPEECH is 'es peak'."),
        ("STOKER_REGION='us-east1 '\n", "bad-region", "STOKER_REGION is 'us-east1 '"),
    ],
)
def test_a_slip_in_a_line_is_named(checkout: Path, text: str, code: str, words: str) -> None:
    set_in(checkout, ".env.acme-prod", text)
    [one] = by_the_cli(checkout)
    assert one.code == code
    assert words in one.message
    assert by_deploy(checkout) == [one]


@pytest.mark.parametrize(
    "text", ["STOKER_REGION = us-east1 # near\n", "export STOKER_SPEECH='espeak'#x\n", "A='x\ny'\n"]
)
def test_a_line_that_the_cli_reads_is_no_slip(checkout: Path, text: str) -> None:
    set_in(checkout, ".env.acme-prod", text)
    assert by_the_cli(checkout) == []


def codes(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.code, one.severity) for one in found]


def test_the_file_of_an_alias_is_read_by_the_cli_alone(checkout: Path) -> None:
    set_in(checkout, ".env.live", "STOKER_REGION=nowhere\n")
    by_cli = by_the_cli(checkout)
    assert codes(by_cli) == [("bad-region", "error"), ("alias-env", "warning")]
    assert "only if the command names the project by its alias live" in by_cli[1].message
    [one] = by_deploy(checkout)
    assert codes([one]) == [("alias-env", "error")]
    assert "scripts/deploy does not read it" in one.message
    assert one.cure == "Rename it: mv functions/.env.live functions/.env.acme-prod"
    assert by_the_cli(checkout, "acme-staging") == by_deploy(checkout, "acme-staging") == []


def test_the_file_of_an_alias_beside_that_of_the_id_is_refused_as_the_cli_does(checkout: Path) -> None:
    set_in(checkout, ".env.live", "STOKER_REGION=us-east1\n")
    set_in(checkout, ".env.acme-prod", "STOKER_REGION=us-east1\n")
    for found in (by_the_cli(checkout), by_deploy(checkout)):
        assert codes(found) == [("alias-env", "error")]
        assert "The CLI reads only one." in found[0].message


def test_each_alias_of_a_project_may_have_a_file(checkout: Path) -> None:
    set_in(checkout, ".env.live", "STOKER_REGION=us-east1\n")
    set_in(checkout, ".env.default", "STOKER_REGION=mars\n")
    assert [one.message for one in by_the_cli(checkout) if one.severity == "error"] == [
        "STOKER_REGION is 'mars', which is no region of Cloud Functions."
    ]


def test_the_file_of_the_emulators_is_no_file_of_an_alias(checkout: Path) -> None:
    set_in(checkout, ".env.local", "STOKER_REGION=us-east1\n")
    (checkout / ".firebaserc").write_text('{"projects": {"local": "acme-prod"}}')
    assert by_deploy(checkout) == []


def parameters_in(files: list[Path]) -> Mapping[str, str]:
    """Return the texts in a code that are the name of a parameter and nothing else, with a file that has it."""
    found = {}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch("STOKER_[A-Z_]+", node.value)
            ):
                found[node.value] = file.name
    return found


def test_the_list_has_each_parameter_that_the_functions_read() -> None:
    functions = [ROOT / "functions" / "main.py", *(ROOT / "functions" / "stoker").rglob("*.py")]
    read = parameters_in(functions)
    assert {name: file for name, file in read.items() if name not in KNOWN} == {}
    assert KNOWN - set(read) == {"STOKER_ORIGINS"}, "the tools alone read the origins"
    assert "STOKER_ORIGINS" in parameters_in([DEPLOY / "deployment_plan.py"])


def test_the_page_and_the_example_list_each_parameter() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    assert set(re.findall(r"^\| `(STOKER_[A-Z_]+)` \|", page, re.MULTILINE)) == KNOWN
    example = (ROOT / "functions" / ".env").read_text()
    assert set(re.findall(r"^(?:# )?(STOKER_[A-Z_]+)=", example, re.MULTILINE)) == KNOWN
