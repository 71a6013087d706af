"""The Firebase CLI refuses the same entries of "functions" as `stoker install`, if Stoker's entry is among them."""

import json
import os
import subprocess
from typing import Any

import pytest

from stoker_tools.install.foreign_codebases import codebase_refusals
from stoker_tools.install.foreign_settings import settings_of
from stoker_tools.setup.environment import ROOT

OURS = {"source": "stoker-functions", "codebase": "stoker"}

SCRIPT = """
const { normalizeAndValidate } = require("firebase-tools/lib/functions/projectConfig");
const lists = JSON.parse(require("fs").readFileSync(0, "utf8"));
const refuses = (list) => { try { normalizeAndValidate(list); return false; } catch (error) { return true; } };
console.log(JSON.stringify(lists.map(refuses)));
"""

KIT = {"kit": "resize", "source": "kits/resize", "instances": {"one": "kits/one"}}
FOREIGN: tuple[dict[str, Any], ...] = (
    {"source": "functions"},
    {"source": "web", "codebase": "web", "prefix": "web"},
    {"source": "web", "codebase": "stoker"},
    {"source": "web", "codebase": "stoker", "prefix": "web"},
    {"source": "stoker-functions", "codebase": "web"},
    KIT,
    {**KIT, "instances": {"stoker": "kits/one"}},
    {"codebase": "far", "remoteSource": {"repository": "https://example.com/far", "ref": "v1"}, "runtime": "nodejs24"},
)
PREFIXES = ("acme", "a", "a-b", "Acme", "acme-", "1a", "a_b", "a" * 30, "a" * 31)


def refused_by_the_cli(lists: list[list[dict[str, Any]]]) -> list[bool]:
    """Return whether the CLI refuses each list of entries."""
    done = subprocess.run(
        ["node", "-e", SCRIPT],
        input=json.dumps(lists),
        cwd=ROOT,
        env={**os.environ, "FIREBASE_CLI_EXPERIMENTS": "kits"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[bool] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_the_cli_refuses_what_we_refuse() -> None:
    beside = [[OURS, entry] for entry in FOREIGN]
    with_prefix = [[{**OURS, "prefix": prefix}] for prefix in PREFIXES]
    ours = [
        *(
            list(codebase_refusals(settings_of(json.dumps({"functions": [one]})), OURS["source"], []))
            for one in FOREIGN
        ),
        *(
            list(codebase_refusals(settings_of(json.dumps({"functions": one})), OURS["source"], [], installed=True))
            for one in with_prefix
        ),
    ]
    assert [bool(found) for found in ours] == refused_by_the_cli([*beside, *with_prefix])
