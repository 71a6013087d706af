"""The tasks in NDJSON and CSV files, as people and spreadsheets write them."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.batch.task_files.lines import Lines
from stoker.batch.task_files.readers import reader_of
from stoker.batch.task_files.task_record import TaskFile
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask
from unit.batch.task_files.reading import records, titles

ONE = b'{"title": "Water"}'


@pytest.mark.parametrize(
    ("content", "path", "content_type"),
    [
        (ONE, "tasks", "application/x-ndjson"),
        (ONE, "tasks", "application/json; charset=utf-8"),
        (ONE, "tasks.JSONL", "application/octet-stream"),
        (b"  \n" + ONE, "tasks.ndjson", ""),
        (ONE, "tasks", ""),
        (b"\xef\xbb\xbf" + ONE, "tasks", ""),
        (b"title\nWater", "tasks", "text/csv"),
        (b"title\nWater", "tasks.json", "TEXT/CSV; charset=utf-8"),
        (b"title\nWater", "tasks.json", "application/csv"),
        (b"title\tcategory\nWater\thome", "tasks", "text/tab-separated-values"),
        (b"title\tcategory\nWater\thome", "tasks.tsv", "text/plain"),
        (b"title\nWater", "tasks.CSV", "application/vnd.ms-excel"),
        (ONE, "tasks.csv", "application/jsonl"),
        (ONE, "tasks.csv", "application/x-jsonlines"),
        (ONE, "tasks.ndjson", "text/plain"),
        (b"title\r\nWater\r\n", "tasks.csv", ""),
        (b"title\rWater\r", "tasks", ""),
        (b"\xef\xbb\xbftitle\nWater\n\n", "tasks", ""),
    ],
)
def test_the_format_is_found(content: bytes, path: str, content_type: str) -> None:
    assert [title for _, title in titles(content, path, content_type)] == ["Water"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("title\nWater".encode("utf-16"), "UTF-16"),
        (b"name,title\nx,y", "There are no 'name'"),
        (b"title,title\nx,y", "It names title more than once"),
        (b"title,Due Date,dueDate\nx,,", "It names dueDate more than once"),
        (b"description\nx", "title among them"),
        (b'"title', "names no columns"),
        (b"\xff\xfa\nx", "not UTF-8"),
    ],
)
def test_a_file_that_holds_no_tasks_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(UnsupportedMedia, match=message):
        list(records(content))


def test_ndjson_names_every_problem_of_a_line_and_goes_on() -> None:
    content = b'\n{"title": 5, "hue": 1}\n[5]\n"text"\n{"title"\n{"title": "\\ud800"}\n' + ONE
    [wrong, *others, last] = titles(content)
    assert wrong[0] == 2
    assert "title: must be text; hue: there is no such field" in wrong[1]
    assert [line for line, _ in others] == [3, 4, 5, 6]
    assert last == (7, "Water")


def test_all_of_a_task_can_be_imported_and_what_is_the_servers_is_left_aside() -> None:
    content = (
        b'{"id": 7, "userId": "bob", "createdAt": "x", "updatedAt": null, "schemaVersion": 1, "title": "Water", '
        b'"priority": "high", '
        b'"status": "in-progress", "category": "home", "tags": ["a"], "estimatedDuration": 30, "dueDate": '
        b'"2027-01-02T03:04:05+01:00", "subtasks": [{"title": "Buy", "completed": true}], "projectId": "garden"}'
    )
    expected = {
        "title": "Water",
        "priority": "high",
        "status": "in-progress",
        "category": "home",
        "tags": ["a"],
        "estimatedDuration": 30,
        "dueDate": datetime(2027, 1, 2, 2, 4, 5, tzinfo=UTC),
        "subtasks": [{"title": "Buy", "completed": True}],
        "projectId": "garden",
    }
    [record] = records(content)
    assert isinstance(record.found, ImportedTask)
    assert record.found.content() == expected
    rows = (
        b"id,createdAt,title,priority,status,category,tags,estimatedDuration,dueDate,subtasks,projectId,description\n"
        b"7,x,Water,high,in-progress,home,a; ,30,"
        b'2027-01-02T02:04:05Z,"[{""title"":""Buy"",""completed"":true}]",garden,\n'
    )
    [record] = records(rows)
    assert isinstance(record.found, ImportedTask)
    assert record.found.content() == expected


def test_csv_rows_may_span_lines_and_a_quote_that_is_left_open_spoils_one_line_alone() -> None:
    content = b'title,description\n"Water\nthem",x\nFeed,"y\n' + b"Prune,z\n" * 9000 + b",,\n,\na,b,c\nLast,w"
    [first, open_quote, second, *others, wide, last] = titles(content)
    assert first == (2, "Water\nthem")
    assert (open_quote[0], "more than 500 lines" in open_quote[1]) == (4, True)
    assert second == (5, "Prune")
    assert len(others) == 8999
    assert (wide[0], "3 cells" in wide[1]) == (9007, True)
    assert last == (9008, "Last")


@pytest.mark.parametrize("row", [b"a,b,c", b"a", b'"a"x,b', b",b", b"a,b\x00" + b"x" * 65536])
def test_a_row_that_can_not_be_read_says_why(row: bytes) -> None:
    [wrong, good] = titles(b"title,description\n" + row + b"\nWater,x\n")
    assert (wrong[0], "This is no task" in wrong[1]) == (2, True)
    assert good == (3, "Water")


class Counted(Lines):
    """Counts the lines that are looked at by themselves."""

    def __init__(self, content: bytes) -> None:
        super().__init__(lambda offset, length: content[offset : offset + length], len(content))
        self.looked_at = 0

    def at(self, offset: int) -> tuple[bytes | None, int]:
        self.looked_at += 1
        return super().at(offset)


EMPTY_ROWS = [b"," * 20 + b"\n", b", ,\r\n"]
BLANK = [b"\n", b"\r", b"\r\n", b"  \t\n"]


@pytest.mark.parametrize(
    ("name", "blank"),
    [*(("tasks.csv", blank) for blank in (*BLANK, *EMPTY_ROWS)), *(("tasks.ndjson", blank) for blank in BLANK)],
)
def test_blank_lines_are_skipped_in_big_steps(name: str, blank: bytes) -> None:
    many = blank * (3 * 1024**2 // len(blank))
    first, second = (b"title,tags\nWater,x", b"Feed,y") if name.endswith("csv") else (ONE, b'{"title": "Feed"}')
    content = (many if b"," not in blank else b"") + first + b"\n" + many + second + b"\n" + many
    lines = Counted(content)
    reader = reader_of(TaskFile(name, lines), "")
    offset, line = reader.begin
    found: list[tuple[int, str]] = []
    while (record := reader.at(offset, line)) is not None:
        assert isinstance(record.found, ImportedTask)
        found.append((record.line, record.found.title))
        offset, line = record.after, record.next_line
    number = content[: content.index(b"Feed")]
    assert found[-1] == (1 + len(re.findall(rb"\r\n|\r|\n", number)), "Feed")
    assert [title for _, title in found] == ["Water", "Feed"]
    assert lines.looked_at < 20


cells = st.text(st.sampled_from('ab";,\n\r\té '), max_size=6)


@given(st.lists(st.tuples(cells, cells), max_size=8), st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_read(rows: list[tuple[str, str]], delimiter: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["title", "description"])
    writer.writerows([(f"t{title}", description) for title, description in rows])
    found = [one.found for one in records(text.getvalue().encode())]
    assert [(one.title, one.description or "") for one in found if isinstance(one, ImportedTask)] == [
        (f"t{title}", description) for title, description in rows
    ]


@pytest.mark.parametrize(
    "field", ["description", "priority", "status", "category", "tags", "dueDate", "subtasks", "projectId"]
)
def test_null_is_a_field_left_out(field: str) -> None:
    [found] = records(f'{{"title": "Water", "{field}": null}}'.encode())
    [plain] = records(ONE)
    assert found.found == plain.found
