"""CSV as spreadsheets and to-do apps write it."""

import pytest

from stoker.batch.task_files.csv_rows import MAX_ROW_LINES, TOO_MANY_LINES
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask
from unit.batch.task_files.reading import records


def tasks(text: str) -> list[ImportedTask | str]:
    """The task or the sentence of each row."""
    found = [one.found for one in records(text.encode(), "tasks.csv")]
    return [one if isinstance(one, ImportedTask) else str(one) for one in found]


def task(text: str) -> ImportedTask:
    """The only task of a file."""
    [found] = tasks(text)
    assert isinstance(found, ImportedTask), found
    return found


@pytest.mark.parametrize("sign", [";", ",", "|", "\t"])
@pytest.mark.parametrize("line", ["sep={}", "SEP={}", '"sep={}"', "sep={}\r"])
def test_the_line_for_excel_is_read_as_such(line: str, sign: str) -> None:
    rows = f"{line.format(sign)}\ntitle{sign}description\nWater{sign}x;y,z\n"
    found = tasks(rows if sign in "|\t" else rows.replace("x;y,z", "x"))
    assert [one.title for one in found if isinstance(one, ImportedTask)] == ["Water"]
    [record] = records(rows.encode(), "tasks.csv")
    assert record.line == 3


@pytest.mark.parametrize("header", ["Title,Due Date", " TITLE , due_date ", "title,DUEDATE", '"Title","Due-Date"'])
def test_the_case_of_a_column_does_not_matter(header: str) -> None:
    found = task(f"{header}\nWater,2026-12-31T12:00:00Z\n")
    assert (found.title, found.due_date is not None) == ("Water", True)


@pytest.mark.parametrize("header", ["title,category,", "title,category,,", "title, category , "])
@pytest.mark.parametrize("row", ["Water,home,", "Water,home", "Water,home,,,", "Water,home, "])
def test_a_comma_at_the_end_makes_no_column(header: str, row: str) -> None:
    assert task(f"{header}\n{row}\n").category == "home"


@pytest.mark.parametrize("rows", ["title,,category\nWater,lost,home\n", "title,category,\nWater,home,lost\n"])
def test_a_cell_without_a_name_above_it_is_not_dropped_silently(rows: str) -> None:
    [message] = tasks(rows)
    assert isinstance(message, str)
    assert "'lost' has no name above it" in message


@pytest.mark.parametrize("header", ["Title,title", "Due Date,dueDate,title", "description", "", ",", "title,Project"])
def test_columns_that_are_no_columns_are_refused(header: str) -> None:
    with pytest.raises(UnsupportedMedia):
        tasks(f"{header}\nx,y,z\n")


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("x, y", ["x", "y"]),
        ("x,y,,", ["x", "y"]),
        ("x; y", ["x", "y"]),
        ("Smith, John;y", ["Smith, John", "y"]),
        ("Smith, John;", ["Smith, John"]),
        ("x", ["x"]),
        (" ; ", []),
    ],
)
def test_tags_are_separated_by_semicolons_or_else_by_commas(cell: str, tags: list[str]) -> None:
    assert task(f'title,tags\nWater,"{cell}"\n').tags == tags


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("estimatedDuration", "30.0"),
        ("estimatedDuration", "soon"),
        ("actualDuration", "1e3"),
        ("actualDuration", "9" * 30),
        ("subtasks", '[{""title"": ""x"", ""completed"": ""yes""}]'),
        ("subtasks", "nonsense"),
        ("status", "done"),
        ("projectId", "a/b"),
    ],
)
def test_a_cell_that_is_not_what_its_column_says_is_refused(column: str, cell: str) -> None:
    [message] = tasks(f'title,{column}\nWater,"{cell}"\n')
    assert isinstance(message, str)
    assert column in message


def test_a_number_is_read_where_the_column_is_a_number() -> None:
    found = task("title,estimatedDuration,description\n12,30,12\n")
    assert (found.title, found.estimated_duration, found.description) == ("12", 30, "12")


def test_a_row_of_many_lines_is_not_looked_at_again_for_each_of_its_lines() -> None:
    found = tasks("title,description\nWater,x\n" + 'x","z\n' * 2000)
    assert isinstance(found[0], ImportedTask)
    assert {one for one in found[1:-MAX_ROW_LINES] if TOO_MANY_LINES not in str(one)} == set()
    long = "\n".join("x" for _ in range(MAX_ROW_LINES - 1))
    assert task(f'title,description\nWater,"{long}"\n').description == long


@pytest.mark.parametrize(
    "row", ["Water, High,in-progress , home", "Water,HIGH,IN-PROGRESS,home ", "Water,high,in-progress,home"]
)
def test_spaces_and_capitals_of_words_do_not_matter(row: str) -> None:
    found = task(f"title,priority,status,category\n{row}\n")
    assert (found.priority, found.status, found.category) == ("high", "in-progress", "home")


def test_a_category_keeps_its_capitals() -> None:
    assert task("title,category\nWater,At Home\n").category == "At Home"
