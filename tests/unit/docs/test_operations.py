"""The page of operations names each log event that the functions write, and each exit code of the commands."""

import re

from stoker_tools.exit_codes import MEANINGS
from stoker_tools.setup.environment import ROOT
from unit.docs.pages import rows


def test_the_table_of_log_events_names_each_event_that_the_functions_write() -> None:
    sources = [path.read_text() for path in (ROOT / "functions/stoker").rglob("*.py")]
    written = {value.strip('"') for source in sources for value in re.findall(r"\bevent=([^\s,)`]+)", source)}
    assert {name.strip("`") for name in rows("operations.md", "`jsonPayload.event`")} == written


def test_the_table_of_exit_codes_has_each_code_with_its_meaning() -> None:
    table = [line.strip("| ").split(" | ") for line in rows("operations.md", "exit code").values()]
    assert table == [[str(int(code)), meaning] for code, meaning in MEANINGS.items()]
