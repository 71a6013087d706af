"""The generated files are current, keep to the platform's limits, and follow a change of a model."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from stoker.models.document import Model, Timestamp
from stoker.models.writers import CLIENT, CLIENT_ONCE, WRITE_TIME
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.files import made_files
from stoker_tools.generate.regions import replaced
from stoker_tools.generate.rules import document_functions
from stoker_tools.rules_lab.budget import costs, excesses
from stoker_tools.rules_lab.errors import RulesError
from stoker_tools.rules_lab.language import parse
from stoker_tools.setup.environment import ROOT


def test_all_that_is_made_is_current() -> None:
    stale = [str(path) for path, text in made_files().items() if (ROOT / path).read_text() != text]
    assert stale == []


@pytest.mark.parametrize("rules", ["firestore", "storage"])
def test_the_rules_are_far_from_the_platforms_limits(rules: str) -> None:
    text = (ROOT / f"rules/{rules}.rules").read_text()
    assert excesses(text) == []
    assert max(cost.expressions for cost in costs(text).values()) < 500


@pytest.mark.slow
def test_check_says_what_is_stale_and_writes_nothing(tmp_path: Path) -> None:
    for part in ("functions", "tools", "rules", "clients"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("venv", "__pycache__"))
    shutil.copy(ROOT / "firestore.indexes.json", tmp_path)
    rules = tmp_path / "rules/firestore.rules"
    rules.write_text(stale := rules.read_text().replace("task.title.size() <= 200", "task.title.size() <= 999"))
    (tmp_path / "clients/json-schema/task.json").unlink()
    command = (
        "from stoker_tools.setup import environment; environment.enter = lambda *_: None;"
        "import sys; from stoker_tools.cli import stoker; sys.exit(stoker.main(['generate', *sys.argv[1:]]))"
    )

    def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", command, *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": f"{tmp_path}/tools:{tmp_path}/functions", "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    checked = generate("--check")
    assert checked.returncode == 1
    assert "-          && task.title.size() <= 999\n+          && task.title.size() <= 200\n" in checked.stdout
    assert "2 of" in checked.stderr
    assert rules.read_text() == stale
    assert generate().returncode == 0
    assert generate("--check").returncode == 0
    assert rules.read_text() == (ROOT / "rules/firestore.rules").read_text()


class Note(Model):
    """A note.

    Attributes:
        text: What it says.
    """

    text: Annotated[str, CLIENT, Field(max_length=7)]
    author: Annotated[str, CLIENT_ONCE, Field(max_length=5)]
    hidden: bool = False
    updated_at: Annotated[Timestamp, WRITE_TIME]


def test_a_client_may_change_what_is_its_own_and_create_what_the_server_does_not_write() -> None:
    functions = {
        function.name: function for function in parse(f"service s {{ {document_functions(Note, 'note')} }}").functions
    }
    text = document_functions(Note, "note")
    assert functions.keys() == {"noteCreated", "noteUpdated", "noteFits"}
    assert "affectedKeys().hasOnly(['text', 'updatedAt'])" in text
    assert "keys().hasOnly(['text', 'author', 'updatedAt'])" in text
    assert "hidden" not in text


def test_a_field_that_no_rule_can_check_is_refused() -> None:
    class Bad(Model):
        """Anything at all."""

        anything: Annotated[str | int, CLIENT]

    with pytest.raises(GenerateError, match="anything"):
        document_functions(Bad, "bad")


@pytest.mark.parametrize(
    ("text", "parts", "problem"),
    [
        ("// BEGIN a, made by scripts/generate\n", {"a": ""}, "has no end"),
        ("// BEGIN a, made by scripts/generate\n// END a\n", {"b": ""}, "regions for a, and the models make b"),
    ],
)
def test_a_file_whose_marks_are_wrong_is_refused(text: str, parts: dict[str, str], problem: str) -> None:
    with pytest.raises(GenerateError, match=problem):
        replaced(text, parts)


def test_rules_that_cost_too_much_are_named() -> None:
    condition = " && ".join(["request.auth.uid == 'a'"] * 200)
    text = f"service s {{ match /a/{{b}} {{ allow get: if {condition}; }} }}"
    assert excesses(text) == ["/a/{b} get: 1199 expressions, 0 calls deep, 0 documents are more than 1000, 20 and 10."]


def test_a_text_that_is_no_rules_is_refused_with_its_line() -> None:
    with pytest.raises(RulesError, match="Line 2"):
        parse("service s {\n allow get if true; }")


def test_the_schemas_know_a_document_from_what_is_none() -> None:
    schema = json.loads((ROOT / "clients/json-schema/task.json").read_text())
    assert schema["properties"]["title"]["x-written-by"] == "the client, at any time"
    assert schema["additionalProperties"] is False
