"""The chapters of a film, and the MP4 box that holds them.

The box is `chpl` in `moov.udta`. ffmpeg, VLC and mpv read it, and it needs no track.
Source: `mov_write_chpl_tag` and `mov_read_chpl` of ffmpeg, libavformat/movenc.c and mov.c. Other boxes are those of
ISO/IEC 14496-12.
"""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from stoker.probe.boxes import HEAD_BYTES, box, inner, top_level
from stoker.probe.late_index import with_moved_offsets
from stoker.probe.probe import Chapter, NotReadable
from stoker.probe.read_at import reader

MAX_CHAPTERS = 255
"""The largest number of chapters. The box holds their number in one byte."""

MAX_TITLE_BYTES = 255
"""The longest title, in bytes. The box holds the length of a title in one byte."""

UNITS_A_SECOND = 10_000_000
"""Units of the times in the box."""

MOVED_BYTES = 4 * 1024**2
"""Bytes of a file that are moved at once."""


def chapters_in_part(chapters: Iterable[Chapter], start: float, end: float | None) -> tuple[Chapter, ...]:
    """Return the chapters of a part of a source. Times count from the start of the part, and titles are plain text.

    Args:
        chapters: The chapters of the source, in the order of their start.
        start: The start of the part, in seconds of the source.
        end: The end of the part, in seconds of the source; None for the end of the source.

    Example:
        >>> chapters = [Chapter(0, "One"), Chapter(10, "Two"), Chapter(20, "Three")]
        >>> chapters_in_part(chapters, 12, 25)
        (Chapter(start=0, title='Two'), Chapter(start=8, title='Three'))
    """
    of_part = [chapter for chapter in chapters if end is None or chapter.start < end]
    begun = [chapter for chapter in of_part if chapter.start <= start]
    within = [*begun[-1:], *(chapter for chapter in of_part if chapter.start > start)]
    return tuple(Chapter(max(one.start - start, 0), _plain(one.title)) for one in within[:MAX_CHAPTERS])


def put_chapters(file: Path, chapters: Sequence[Chapter]) -> None:
    """Put chapters into an MP4 that ffmpeg has written. The data behind its index moves to make room.

    Args:
        file: The file.
        chapters: At most `MAX_CHAPTERS` chapters, with titles from `chapters_in_part`.

    Raises:
        NotReadable: The file has no index.
    """
    with file.open("r+b") as content:
        found = next(((at, size) for kind, at, size in top_level(reader(content)) if kind == b"moov"), None)
        if found is None:
            raise NotReadable("it holds no moov")
        at, size = found
        content.seek(at)
        moov = _with(content.read(size), _chpl(chapters))
        by = len(moov) - size
        whole = content.seek(0, 2)
        for end in range(whole, at + size, -MOVED_BYTES):
            begin = max(end - MOVED_BYTES, at + size)
            content.seek(begin)
            part = content.read(end - begin)
            content.seek(begin + by)
            content.write(part)
        content.seek(at)
        content.write(with_moved_offsets(moov, by, at + size, whole))


def _plain(title: str) -> str:
    """Return a title without line breaks and invisible characters, cut to `MAX_TITLE_BYTES`."""
    text = "".join(letter for letter in " ".join(title.split()) if letter.isprintable())
    return text.encode(errors="replace")[:MAX_TITLE_BYTES].decode(errors="ignore")


def _chpl(chapters: Sequence[Chapter]) -> bytes:
    body = struct.pack(">BxxxxxxxB", 1, len(chapters))
    for chapter in chapters:
        title = chapter.title.encode()
        body += struct.pack(">QB", round(chapter.start * UNITS_A_SECOND), len(title)) + title
    return box(b"chpl", body)


def _with(moov: bytes, added: bytes) -> bytes:
    """Return a `moov` box with a further box in its `udta`. ffmpeg writes `udta` last, if at all."""
    for kind, begin, end in inner(moov, HEAD_BYTES):
        if kind == b"udta":
            udta = box(b"udta", moov[begin:end] + added)
            return box(b"moov", moov[HEAD_BYTES : begin - HEAD_BYTES] + udta + moov[end:])
    return box(b"moov", moov[HEAD_BYTES:] + box(b"udta", added))
