"""Files of many kinds, made at random: each ends with the right figures, or with a sentence."""

import csv
import io
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoker.batch.task_files.task_record import InvalidRecord
from stoker.errors import UnsupportedMedia
from stoker.models.batch import FileEncoding, ImportedTask
from unit.batch.task_files.reading import records

Rows = list[tuple[bool, dict[str, object]]]
"""The rows of a file, and which of them are tasks."""

COLUMNS = ["title", "description", "priority", "tags", "estimatedDuration", "dueDate", "subtasks"]

letters = st.text(st.sampled_from("abz\"\\,;[]{}\n\t 'é€ß"), max_size=8)
goods = st.fixed_dictionaries(
    {"title": letters.map(lambda text: f"t{text}.")},
    optional={
        "description": letters.map(lambda text: f"d{text}."),
        "priority": st.sampled_from(["urgent", "high", "medium", "low"]),
        "tags": st.lists(st.sampled_from(["a", "b c", "é"]), min_size=1, max_size=3),
        "estimatedDuration": st.integers(0, 999),
        "dueDate": st.sampled_from(["2027-01-02T03:04:05Z", "2027-01-02 03:04+01:00"]),
        "subtasks": letters.map(lambda text: [{"title": f"s{text}.", "completed": True}]),
    },
)
bads = st.sampled_from(
    [
        {"title": "x" * 201},
        {"title": "t", "dueDate": "46387"},
        {"title": "t", "dueDate": "2027-02-30T00:00:00Z"},
        {"title": "t", "priority": "huge"},
        {"title": "t", "estimatedDuration": -1},
        {"title": "t", "subtasks": [{"name": "s"}]},
        {"description": "no title"},
    ]
)


@dataclass(frozen=True)
class Style:
    """The style in which a file is written."""

    format: str
    encoding: FileEncoding
    mark: bool
    newline: str
    delimiter: str
    sep_line: bool
    trailing: int
    upper: bool
    quote_all: bool
    indent: int | None
    last_newline: bool


styles = st.builds(
    Style,
    format=st.sampled_from(["csv", "ndjson", "json"]),
    encoding=st.sampled_from(["utf-8", "windows-1252"]),
    mark=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    delimiter=st.sampled_from(",;\t"),
    sep_line=st.booleans(),
    trailing=st.integers(0, 2),
    upper=st.booleans(),
    quote_all=st.booleans(),
    indent=st.sampled_from([None, 0, 2]),
    last_newline=st.booleans(),
)


def written(rows: Sequence[dict[str, object]], style: Style) -> bytes:
    """A file with a record for each row."""
    if style.format == "csv":
        text = _csv(rows, style)
    elif style.format == "ndjson":
        text = style.newline.join(json.dumps(row, ensure_ascii=False) for row in rows)
    else:
        text = json.dumps(rows, ensure_ascii=False, indent=style.indent)
    if style.last_newline:
        text += style.newline
    codec = "cp1252" if style.encoding == "windows-1252" else "utf-8-sig" if style.mark else "utf-8"
    return text.encode(codec)


def _csv(rows: Sequence[dict[str, object]], style: Style) -> str:
    stream = io.StringIO(newline="")
    if style.sep_line:
        stream.write(f"sep={style.delimiter}{style.newline}")
    # Python's writer quotes no line feed if lines end with a carriage return.
    all_quoted = style.quote_all or style.newline == "\r"
    quoting: Literal[0, 1] = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(stream, delimiter=style.delimiter, lineterminator=style.newline, quoting=quoting)
    empty = [""] * style.trailing
    writer.writerow([name.upper() if style.upper else name for name in COLUMNS] + empty)
    writer.writerows([_cell(row.get(name)) for name in COLUMNS] + empty for row in rows)
    return stream.getvalue().removesuffix(style.newline)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        texts = [one for one in value if isinstance(one, str)]
        return ";".join(texts) if texts else json.dumps(value, ensure_ascii=False)
    return str(value)


def check_figures(rows: Rows, style: Style) -> None:
    """Read a file that was written from rows; each row is a task or a failure, in its place."""
    content = written([row for _, row in rows], style)
    found = [one.found for one in records(content, f"tasks.{style.format}", encoding=style.encoding)]
    assert [isinstance(one, ImportedTask) for one in found] == [good for good, _ in rows]
    for (good, row), one in zip(rows, found, strict=True):
        if good:
            assert isinstance(one, ImportedTask)
            assert one.title == row["title"]
            assert (one.description, one.estimated_duration) == (row.get("description"), row.get("estimatedDuration"))
            assert one.tags == row.get("tags", [])
            assert [step.to_firestore() for step in one.subtasks] == row.get("subtasks", [])
            assert (one.due_date is not None) == ("dueDate" in row)


def check_damaged(content: bytes, name: str, cuts: list[tuple[int, int, bytes]]) -> None:
    """Read a file of which pieces were replaced; it ends, with records or with a sentence."""
    for at, length, piece in cuts:
        begin = at % (len(content) + 1)
        content = content[:begin] + piece + content[begin + length :]
    if not content.strip():
        return  # An empty file is refused before it is read.
    # Any other error fails the test.
    with suppress(UnsupportedMedia):
        found = list(records(content, name))
        assert all(one.found is None or isinstance(one.found, ImportedTask | InvalidRecord) for one in found)


rows_of_a_file = st.lists(st.one_of(goods.map(lambda row: (True, row)), bads.map(lambda row: (False, row))), max_size=6)


def is_plainly_encoded(file: tuple[Any, Style]) -> bool:
    """Return whether a file shows its encoding. By chance, `ß€` in Windows-1252 is a letter in UTF-8. It is refused."""
    if file[1].encoding == "utf-8":
        return True
    made = written([row for _, row in file[0]], file[1])
    try:
        return made.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return True


whole_files = st.tuples(rows_of_a_file.filter(lambda rows: any(good for good, _ in rows)), styles).filter(
    is_plainly_encoded
)
pieces = st.sampled_from(
    [b"", b'"', b"\\", b",", b"[", b"]", b"{", b"}", b"\n", b"\r", b"\x00", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"a" * 9]
)
damages = st.lists(st.tuples(st.integers(0, 999), st.integers(0, 9), pieces), min_size=1, max_size=3)

FEW = settings(max_examples=150, deadline=None)
MANY = settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(whole_files)
def test_a_file_has_the_figures_that_it_was_written_with(
    file: tuple[Rows, Style],
) -> None:
    check_figures(*file)


@FEW
@given(whole_files, damages)
def test_a_damaged_file_ends_with_records_or_a_sentence(
    file: tuple[Rows, Style], cuts: list[tuple[int, int, bytes]]
) -> None:
    check_damaged(written([row for _, row in file[0]], file[1]), f"tasks.{file[1].format}", cuts)


@pytest.mark.soak
@MANY
@given(whole_files)
def test_five_thousand_files_have_the_figures_that_they_were_written_with(
    file: tuple[Rows, Style],
) -> None:
    check_figures(*file)


@pytest.mark.soak
@MANY
@given(whole_files, damages)
def test_five_thousand_damaged_files_end_with_records_or_a_sentence(
    file: tuple[Rows, Style], cuts: list[tuple[int, int, bytes]]
) -> None:
    check_damaged(written([row for _, row in file[0]], file[1]), f"tasks.{file[1].format}", cuts)
