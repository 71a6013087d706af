"""The encoding of a file of tasks: it is right for all of the file, or the file is refused before a task is made."""

import pytest

from stoker.batch.task_files.lines import WINDOW_BYTES
from stoker.errors import UnsupportedMedia
from stoker.models.batch import FileEncoding
from unit.batch.task_files.reading import records

ROWS = "title,description\nBücher,Über\nCafé,10 €\n"


def refusal(content: bytes, encoding: FileEncoding = "utf-8") -> str:
    """The sentence with which a file is refused as a whole."""
    with pytest.raises(UnsupportedMedia) as raised:
        next(records(content, encoding=encoding), None)
    return raised.value.message


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [ROWS, '[{"title": "Water"}]', '{"title": "Water"}\n'])
def test_utf_16_is_recognized_with_a_mark_and_without(name: str, text: str) -> None:
    assert "UTF-16" in refusal(text.encode(name))


@pytest.mark.parametrize("text", [ROWS, '[{"title": "Bücher"}]', '\n{"title": "Bücher"}\n'])
def test_windows_1252_is_refused_as_a_whole_and_read_if_the_job_says_so(text: str) -> None:
    sentence = refusal(text.encode("cp1252"))
    assert "Line 2" in sentence or text.startswith("[")
    assert "encoding: 'windows-1252'" in sentence
    found = [one.found for one in records(text.encode("cp1252"), encoding="windows-1252")]
    assert found == [one.found for one in records(text.encode())]
    assert "Bücher" in str(found)


@pytest.mark.parametrize(
    "text", [ROWS, '[{"title": "Bücher"}]', "title\nWater\n日本\n", "title\n" + "x\n" * 300_000 + "ü\n"]
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_text_in_utf_8_is_not_read_as_windows_1252(text: str, mark: str) -> None:
    """Nearly all bytes are letters of Windows-1252: `ü` would be imported as `Ã¼`."""
    assert "is text in UTF-8" in refusal((mark + text).encode(), "windows-1252")


def test_plain_ascii_may_be_called_windows_1252() -> None:
    assert [one.line for one in records(b"title\nWater\n", encoding="windows-1252")] == [2]


@pytest.mark.parametrize("before", [0, 1, WINDOW_BYTES - 20, WINDOW_BYTES - 18, 3 * WINDOW_BYTES])
def test_a_single_byte_of_another_encoding_far_behind_is_found_first(before: int) -> None:
    row = b"Water" + b" " * 8186 + b"\n"
    filler = b"title\n" + row * (before // len(row)) + b"x" * (before % len(row))
    assert f"Line {filler.count(10) + 1:,} " in refusal(filler + b"\xfcber\n" + b"Feed\n" * 9)
    whole = filler + "über\n".encode()
    assert sum(1 for _ in records(whole, "tasks.csv")) == whole.count(10) - 1


@pytest.mark.parametrize("content", [b"title\nW\xc3", b"title\nW\xe2\x82", b"title\n\xed\xa0\x80\n"])
def test_a_character_that_is_cut_off_is_found(content: bytes) -> None:
    assert "Line 2" in refusal(content)


def test_a_byte_that_windows_1252_has_not_is_found() -> None:
    assert "is not Windows-1252" in refusal(b"title\nW\x81\n", "windows-1252")
    assert "text in UTF-8" in refusal(b"\xef\xbb\xbftitle\nW\n", "windows-1252")


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0"])
def test_a_spreadsheet_or_a_document_is_named(start: bytes) -> None:
    assert "'CSV UTF-8'" in refusal(start + b"\x00" * 100)
