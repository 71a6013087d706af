"""The page of refusals lists every code that `stoker install` gives."""

import re

from stoker_tools.setup.environment import ROOT

KEYS = {"{key}": ("database", "bucket"), "{thing}": ("collection", "folder")}


def written() -> set[str]:
    """Return the codes in the modules, with the names that they may have."""
    found = set()
    for file in (ROOT / "tools/stoker_tools/install").glob("foreign_*.py"):
        for code in re.findall(r'(?:Refusal|Remark)\(\s*[^"()]*(?:\([^)]*\))?[^"()]*"([a-z{}-]+)"', file.read_text()):
            [key] = [one for one in KEYS if one in code] or [""]
            found |= {code.replace(key, name) for name in KEYS[key]} if key else {code}
    return found


def test_every_code_is_on_the_page_and_no_other() -> None:
    page = (ROOT / "docs/install-refusals.md").read_text()
    rows = re.findall(r"^\| (`[a-z`, -]+`) \|", page, re.MULTILINE)
    assert {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)} == written()
