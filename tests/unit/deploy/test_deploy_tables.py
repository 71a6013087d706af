"""The tables and the commands of `docs/deploy.md` agree with the code."""

import json
import re
from pathlib import Path

from stoker_tools.deploy.deployer import (
    ALWAYS,
    FOR_BLOCKING,
    FOR_CORS,
    FOR_GRANTS,
    FOR_NEW_ACCOUNT,
    FOR_NEW_FUNCTIONS,
)
from stoker_tools.deploy.deployment import steps
from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.setup.environment import ROOT
from unit.deploy.test_preflight import CASES, WARNINGS

PAGE = (ROOT / "docs/deploy.md").read_text()

TOOLS = ROOT / "tools/stoker_tools"

CORE = ("preflight.py", "rights.py", "conflicts.py", "deletions.py", "headroom.py", "unread.py")

NODE = ("predeploy.cjs", "env_files.cjs")


def codes(pattern: str, *files: Path) -> set[str]:
    """Return the codes of findings in some files, which a pattern finds."""
    return {code for file in files for code in re.findall(pattern, file.read_text())}


def test_every_finding_of_the_core_has_a_case() -> None:
    written = codes(r'Finding\(\s*"([a-z-]+)"', *(TOOLS / "deploy" / name for name in CORE))
    assert written == {*CASES, "bad-origin"}


def test_the_page_lists_every_finding() -> None:
    python = [
        *(TOOLS / "deploy" / name for name in (*CORE, "stale_files.py", "named_files.py")),
        TOOLS / "cli/deploy/commands.py",
    ]
    written = codes(r'Finding\(\s*"([a-z-]+)"', *python)
    written |= codes(r'\["([a-z]+-[a-z-]+)", ', *(TOOLS / "deploy" / name for name in NODE))
    listed = re.findall(r"^\| `([a-z-]+)` \| (error|warning|error or warning) \|", PAGE, re.MULTILINE)
    assert {code for code, _ in listed} == written
    assert {code for code, severity in listed if severity != "error"} == {
        *WARNINGS,
        "not-compared",
        "alias-env",
        "rules-lacking",
    }


def test_the_page_lists_every_role_of_the_deployer() -> None:
    parts = (ALWAYS, FOR_NEW_FUNCTIONS, FOR_NEW_ACCOUNT, *FOR_GRANTS.values(), FOR_BLOCKING, FOR_CORS)
    roles = {role for part in parts for role in part} | {"roles/serviceusage.serviceUsageAdmin"}
    section = PAGE.partition("### The deployer")[2].partition("## ")[0]
    assert set(re.findall(r"`(roles/[\w.]+)`", section)) == roles


def test_the_page_names_the_pinned_cli() -> None:
    pinned = json.loads((ROOT / "package.json").read_text())["dependencies"]["firebase-tools"]
    assert set(re.findall(r"firebase-tools@([\d.]+)", PAGE)) == {pinned}


def test_the_page_shows_the_runs_of_the_cli() -> None:
    shown = [line.split()[3:] for line in re.findall(r"^\$ (npx firebase-tools@\S+ deploy .*)$", PAGE, re.MULTILINE)]
    assert shown == [list(step.arguments)[1:] for step in steps(Plan("PROJECT"))]
