"""Lines of a file that is read in windows."""

import re
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.batch.task_files import lines as lines_module
from stoker.batch.task_files.lines import MAX_LINE_BYTES, Lines


def in_windows(text: bytes, begin: int = 0) -> Iterator[bytes | None]:
    lines = Lines(lambda offset, length: text[offset : offset + length], len(text))
    while True:
        line, after = lines.at(begin)
        if after == begin:
            return
        yield line
        begin = after


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"bcd"])), st.integers(1, 4), st.integers(1, 9))
def test_whatever_the_windows_the_lines_are_the_same(parts: list[bytes], longest: int, window: int) -> None:
    text = b"".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_module, "MAX_LINE_BYTES", longest)
        patch.setattr(lines_module, "WINDOW_BYTES", window)
        expected = [one for one in re.findall(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)", text) if one]
        assert list(in_windows(text)) == [one if len(one.rstrip(b"\r\n")) <= longest else None for one in expected]


@given(
    st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b" ", b"\t,", b"a"]), max_size=12),
    st.integers(1, 9),
    st.sampled_from([b"", b","]),
)
def test_whatever_the_windows_the_same_blank_lines_are_skipped(parts: list[bytes], window: int, filling: bytes) -> None:
    text = b"".join(parts)
    blank = re.match(rb"(?:[ \t" + filling + rb"]*(?:\r\n|\r|\n|\Z))*", text)
    assert blank is not None
    expected = [one for one in re.findall(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)", blank.group()) if one]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_module, "WINDOW_BYTES", window)
        lines = Lines(lambda offset, length: text[offset : offset + length], len(text))
        assert lines.skip_blank_lines(0, filling) == (blank.end(), len(expected))


@pytest.mark.parametrize("newline", [b"\n", b"\r", b"\r\n"])
def test_a_line_may_be_as_long_as_it_may(newline: bytes) -> None:
    longest = b"x" * MAX_LINE_BYTES + newline
    assert list(in_windows(longest + b"x" + longest + b"end")) == [longest, None, b"end"]


def test_a_file_without_a_newline_is_never_held_as_a_whole() -> None:
    asked: list[int] = []

    def read(offset: int, length: int) -> bytes:
        asked.append(length)
        return b"x" * min(length, size - offset)

    size = 50 * 1024**2
    lines = Lines(read, size)
    tracemalloc.start()
    try:
        assert lines.at(0) == (None, size)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert max(asked) <= 4 * 1024**2
    assert held <= 5 * 1024**2  # what tests themselves take, included
