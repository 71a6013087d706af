"""The example is a type of job as any other: its function, rules, TypeScript and JSON Schema follow from `main.py`."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import stoker

ASK = """
import json, sys
from stoker_tools.generate.inputs import input_functions
from stoker_tools.generate.schemas import schemas
from stoker_tools.generate.typescript import declarations
from stoker_tools.generate.uploads import upload_function
import main
from stoker import registry
before = sorted(name for name in sys.modules if name.split(".")[0] in ("PIL", "pillow_heif", "image_worker"))
endpoint = main.imageprocessing.__firebase_endpoint__
print(json.dumps({
    "memory": endpoint.availableMemoryMb, "entry": endpoint.entryPoint, "heavy": before,
    "rules": input_functions("input"), "uploads": upload_function("f"),
    "schema": schemas()["image-input"], "typescript": declarations(),
    "function": hasattr(main, "dispatch_job"),
}))
"""


@pytest.fixture
def made(example: Path) -> dict[str, Any]:
    """What follows from the example's `main.py`, in a process of its own."""
    root = example.parents[1]
    path = os.pathsep.join([str(example), str(root / "functions"), str(root / "tools")])
    asked = subprocess.run(
        [sys.executable, "-W", "error", "-c", ASK],
        env={**os.environ, "PYTHONPATH": path},
        cwd=example,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(asked.stdout)
    return found


@pytest.mark.slow
def test_everything_follows_from_its_code(made: dict[str, Any]) -> None:
    assert (made["memory"], made["entry"], made["function"]) == (2048, "imageprocessing", True)
    assert made["heavy"] == [], "the import of main.py must stay light"
    assert "input.keys().hasOnly(['source', 'sizes', 'formats', 'quality', 'keepMetadata'])" in made["rules"]
    assert "input.sizes is list && input.sizes.size() <= 10" in made["rules"]
    assert "'image/heic'" in made["uploads"]
    assert "export interface ImageInput {" in made["typescript"]
    assert '"maxItems": 10' in made["schema"]


def test_it_uses_public_names_alone(example: Path) -> None:
    """So any app can do what the example does."""
    for file in example.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "stoker":
                assert node.module in ("stoker", "stoker.functions"), file.name
                assert {name.name for name in node.names} <= {*stoker.__all__, "*"}, file.name
            if isinstance(node, ast.Import):
                assert not any(name.name.split(".")[0] == "stoker" for name in node.names), file.name


def test_the_child_does_without_stoker(example: Path) -> None:
    """It decodes hostile files, so it holds nothing that is worth taking, and starts fast."""
    imported = subprocess.run(
        [sys.executable, "-c", "import sys, image_child; print('stoker' in sys.modules)"],
        cwd=example,
        env={**os.environ, "PYTHONPATH": str(example) + os.pathsep + os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert imported == "False\n"
