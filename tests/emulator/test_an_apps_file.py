"""A file as an app's developer writes it runs, with every public name of pages, live queries and aggregations."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType

import pytest

from emulator.rows import put
from stoker.extend.app_query import forget_query

pytestmark = pytest.mark.usefixtures("undelivered")

FILE = "unit.queries.an_apps_file"
NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
def app() -> Iterator[ModuleType]:
    """The file. Importing it declares its queries."""
    module = importlib.import_module(FILE)
    chores = {
        f"c{number}": {
            "id": f"c{number}",
            "userId": "ada",
            "title": title,
            "minutes": minutes,
            "schemaVersion": 1,
            "createdAt": NOW.replace(hour=number),
            "updatedAt": NOW,
        }
        for number, (title, minutes) in enumerate([("Sweep", 20), ("Dust", 3), ("Mow", 60)])
    }
    put(chores, "chores")
    yield module
    forget_query(module.CHORES)
    forget_query(module.EITHER)
    del sys.modules[FILE]


def test_every_function_of_the_file_runs(app: ModuleType) -> None:
    assert app.titles("ada", None) == (["Mow", "Dust", "Sweep"], None)
    assert app.titles("ada", "no token")[0] == ["Mow", "Dust", "Sweep"]
    assert app.walked("ada") == ["Sweep", "Dust"]
    assert asyncio.run(app.awaited("ada")) == ["Mow", "Dust", "Sweep"] * 2
    assert app.followed("ada") == ["Mow", "Dust", "Sweep"] * 2 + ["live"]
    average, weeks, top = app.measured("ada")
    assert average == pytest.approx(83 / 3)
    assert len(weeks) == 1
    assert [chore["title"] for chore in top] == ["Mow", "Sweep", "Dust"]
