"""The first records of a file: if all of them fail for the same reason, the file is refused."""

import json

import pytest

from stoker.batch.task_files.first_records import ENOUGH, check_first
from stoker.batch.task_files.task_record import InvalidRecord
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask
from unit.batch.task_files.reading import records


def found(rows: list[str], name: str) -> list[ImportedTask | InvalidRecord]:
    """The task of each record, or what is wrong with it."""
    return [one.found for one in records("\n".join(rows).encode(), name) if one.found is not None]


OTHER_APP = [json.dumps({"name": f"Task {n}", "done": False}) for n in range(200)]
NUMBERS = ["title,dueDate", *(f"Water,{46_000 + n}" for n in range(200))]
CARDS = [json.dumps({"key": n, "summary": "x"} | ({"assignee": "y"} if n % 2 else {})) for n in range(200)]
DATES = ["title,dueDate", *(f"Water,{'today' if n % 3 else 'tomorrow'}{chr(39) * (n % 2)}s" for n in range(200))]
WIDE = ["title,tags", *("a,b,c" for _ in range(200))]


@pytest.mark.parametrize(
    ("rows", "name", "sentence"),
    [
        (OTHER_APP, "a.ndjson", "no such field"),
        (CARDS, "a.ndjson", "key: there is no such field; summary: there is no such field."),
        (NUMBERS, "a.csv", "dates: 'excel'"),
        (DATES, "a.csv", "is no date"),
        (WIDE, "a.csv", "3 cells"),
    ],
)
def test_a_file_of_another_app_is_refused_with_the_reason(rows: list[str], name: str, sentence: str) -> None:
    with pytest.raises(UnsupportedMedia, match="None of the first 200 records") as raised:
        check_first(name, found(rows, name))
    assert sentence in raised.value.message


def test_a_few_failures_or_a_task_among_them_are_counted_each() -> None:
    check_first("a", found(OTHER_APP[: ENOUGH - 1], "a.ndjson"))
    check_first("a", found([*OTHER_APP, '{"title": "Water"}'], "a.ndjson"))
    different = [*OTHER_APP[:100], *('{"title": 5}' for _ in range(100))]
    check_first("a", found(different, "a.ndjson"))
    check_first("a", [])
