"""A JSON list of tasks: each item is read by itself, however the list is written."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.batch.task_files.lines import MAX_LINE_BYTES
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask
from unit.batch.task_files.reading import records, titles

texts = st.text(st.sampled_from('ab"\\,[]{}\n é€\U0001f600'), min_size=1, max_size=12)
ONE = '{"title": "Water"}'


@given(st.lists(texts, max_size=12), st.sampled_from([None, 0, 1, 4]), st.booleans())
def test_every_item_is_found_once_however_the_list_is_written(
    names: list[str], indent: int | None, ascii_only: bool
) -> None:
    items = [{"title": name, "tags": ["[,]"], "subtasks": [{"title": name}]} for name in names]
    content = json.dumps(items, indent=indent, ensure_ascii=ascii_only).encode()
    assert titles(content, "tasks.json") == list(enumerate(names, 1))


@pytest.mark.parametrize("space", [b"", b"\n", b" " * 70_000, b"\r\n" * 40_000])
def test_space_between_the_items_is_no_item(space: bytes) -> None:
    one = ONE.encode()
    content = space[:90] + b"[" + space + one + space + b"," + space + one + space + b"]" + space[:90]
    assert titles(content, "tasks.json") == [(1, "Water"), (2, "Water")]


@pytest.mark.parametrize("content", ["[]", " [ ] ", "[\n\n]\n"])
def test_a_list_may_be_empty(content: str) -> None:
    assert titles(content.encode(), "tasks.json") == []


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("5", "must be a JSON object"),
        ('"text, [and]"', "must be a JSON object"),
        ("[{}]", "must be a JSON object"),
        ("", "no JSON"),
        ("{'title': 1}", "no JSON"),
        ('{"title": NaN}', "no JSON"),
        ('{"title": "\\ud800"}', "no JSON"),
        ('{"title": "' + "x" * MAX_LINE_BYTES + '"}', "longer than"),
        ('{"title": "' + "\\\\" * MAX_LINE_BYTES + '"}', "longer than"),
        ("[" * 900 + " " * MAX_LINE_BYTES + "]" * 900, "longer than"),
        ("[" * 900 + "]" * 900, "no JSON"),
        (ONE + ONE, "no JSON"),
        ('{"hue": 1}', "there is no such field"),
    ],
)
def test_an_item_that_is_no_task_is_counted_alone(item: str, message: str) -> None:
    [first, second, third] = titles(f"[{ONE},{item},{ONE}]".encode(), "tasks.json")
    assert (first, third) == ((1, "Water"), (3, "Water"))
    assert (second[0], message in second[1]) == (2, True)


@pytest.mark.parametrize("rest", ["] x", "],", "]]", '] {"title": "Feed"}', "]\n[]"])
def test_a_list_that_goes_on_behind_its_end_is_refused(rest: str) -> None:
    with pytest.raises(UnsupportedMedia, match="goes on behind its end, in line"):
        titles(f"[{ONE}{rest} ".encode(), "tasks.json")


@pytest.mark.parametrize(
    "content",
    [
        "[",
        f"[{ONE}",
        f"[{ONE},",
        f'[{ONE},{{"title": "Fe',
        f'[{ONE},{{"title": "b", "tags": ["x"]',
        f'[{ONE},{{"a": "b]',
    ],
)
def test_a_list_that_was_cut_off_is_refused_before_a_task_is_made(content: str) -> None:
    with pytest.raises(UnsupportedMedia, match="does not end"):
        titles(content.encode(), "tasks.json")


@pytest.mark.parametrize("item", ["{}}", "{]", "[}", '{"tags": ["a"}', "{" * 2000])
def test_a_list_whose_brackets_do_not_match_is_refused_with_the_line(item: str) -> None:
    with pytest.raises(UnsupportedMedia, match="in line 3"):
        titles(f"[\n{ONE},\n{item},\n{ONE}]".encode(), "tasks.json")


def trello(cards: int) -> dict[str, Any]:
    """An export of another app: a single object."""
    return {"id": "5", "name": "Garden", "cards": [{"id": str(n), "name": "Water"} for n in range(cards)]}


@pytest.mark.parametrize("cards", [2, 5000])
@pytest.mark.parametrize("indent", [1, 4])
@pytest.mark.parametrize("name", ["tasks.json", "tasks.ndjson", "tasks"])
def test_a_single_object_is_refused_with_a_sentence(cards: int, indent: int, name: str) -> None:
    with pytest.raises(UnsupportedMedia, match="a single JSON object"):
        titles(json.dumps(trello(cards), indent=indent).encode(), name)


@pytest.mark.parametrize("first", ["{", '{"cards": [', '{"name": "Garden",', '{"name":'])
def test_a_single_object_is_recognized_although_some_lines_are_objects(first: str) -> None:
    with pytest.raises(UnsupportedMedia, match="a single JSON object"):
        titles(f'{first}\n{{"title": "Water"}}\n]}}'.encode(), "tasks.json")


def test_a_broken_first_line_makes_no_single_object() -> None:
    [first, second] = titles(b'{"title": Water}\n{"title": "Water"}\n', "tasks.ndjson")
    assert (first[0], "no JSON" in first[1], second) == (1, True, (2, "Water"))


@pytest.mark.parametrize(
    "content", ['{"name": "board", "cards": [{"name": "x"}]}', '  {"name": "x"}\n\n', '{"name": "x"}']
)
def test_a_single_object_on_a_line_is_no_task_without_a_title(content: str) -> None:
    with pytest.raises(UnsupportedMedia, match="a single JSON object"):
        titles(content.encode(), "tasks.json")
    [(line, message)] = titles(b'{"title": 5}', "tasks.json")
    assert (line, "title: must be text" in message) == (1, True)


def test_a_single_object_on_a_long_line_is_refused_too() -> None:
    with pytest.raises(UnsupportedMedia, match="a single JSON object"):
        titles(json.dumps(trello(5000)).encode(), "tasks.json")


@pytest.mark.parametrize(
    "content", [b"<html></html>\n" * 50, b"5\n6\n", b"title\nWater\n", b"{'title': 'Water'}\n" * 30]
)
def test_a_text_that_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(UnsupportedMedia, match="JSON"):
        titles(content, "tasks.json")


@pytest.mark.parametrize("indent", [None, 1])
def test_the_documents_of_an_export_are_tasks(indent: int | None) -> None:
    fields = {
        "id": "a",
        "userId": "ada",
        "title": "Water",
        "status": "completed",
        "dueDate": "2027-01-02T03:04:05.123456789Z",
        "createdAt": "2026-01-02T03:04:05.123456789Z",
        "subtasks": [{"title": "Buy", "completed": True}],
        "schemaVersion": 1,
    }
    times = {"createTime": "2026-01-02T03:04:05.1Z", "updateTime": "2026-01-02T03:04:05.1Z"}
    items = [{"path": "tasks/a", **times, "fields": fields}] * 2
    lists = json.dumps(items, indent=indent).encode()
    lines = "\n".join(map(json.dumps, items)).encode()
    for content, name in ((lists, "tasks.json"), (lines, "tasks.ndjson")):
        [first, _] = records(content, name)
        assert isinstance(first.found, ImportedTask)
        content_found = first.found.content()
        assert content_found.pop("dueDate").isoformat() == "2027-01-02T03:04:05.123456+00:00"
        assert content_found == {"title": "Water", "status": "completed", "subtasks": fields["subtasks"]} | {
            "priority": "medium",
            "category": "general",
            "tags": [],
        }
