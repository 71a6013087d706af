"""The check of a file's encoding, for the whole file."""

import codecs
import re

from stoker.batch.task_files.lines import WINDOW_BYTES, Lines
from stoker.errors import UnsupportedMedia
from stoker.models.batch import FileEncoding

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

UTF_16 = "text in UTF-16. Save it as UTF-8, in a spreadsheet as 'CSV UTF-8'"

OTHER_MARKS = {
    b"PK\x03\x04": "a ZIP file, such as a spreadsheet or an export. Take the list out of it, or save it as 'CSV UTF-8'",
    b"%PDF": "a PDF file. Save it as 'CSV UTF-8'",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet (XLS). Save it as 'CSV UTF-8'",
    b"\xff\xfe": UTF_16,
    b"\xfe\xff": UTF_16,
}
"""The first bytes of files of other formats, and the part of a sentence about each."""

WITHOUT_MARK = re.compile(rb".?\x00", re.DOTALL)
"""The beginning of UTF-16 or UTF-32 without a byte order mark. Half of a Latin letter is a zero byte there."""


def check_text(path: str, lines: Lines, encoding: FileEncoding) -> int:
    """Refuse a file that is not text in an encoding. The whole file is read.

    Args:
        path: The file's name, for the message.
        lines: The file.
        encoding: The encoding in the job's input.

    Returns:
        The offset of the first character: the number of bytes of the byte order mark, or 0.

    Raises:
        UnsupportedMedia: The file is not text, or has another encoding.
    """
    start = lines.part(0, 64)
    for mark, kind in OTHER_MARKS.items():
        if start.startswith(mark):
            raise UnsupportedMedia(f"The file {path!r} is {kind}, and write a new job.")
    if WITHOUT_MARK.match(start):
        raise UnsupportedMedia(f"The file {path!r} is {UTF_16}, and write a new job.")
    has_mark = start.startswith(BYTE_ORDER_MARK)
    if has_mark and encoding != "utf-8":
        raise UnsupportedMedia(f"The file {path!r} is text in UTF-8. Write a new job without an encoding.")
    if encoding != "utf-8" and _has_letters_in_utf_8(lines):
        raise UnsupportedMedia(f"The file {path!r} is text in UTF-8. Write a new job without an encoding.")
    line = _first_line_in_another_encoding(lines, encoding)
    if line is not None:
        raise UnsupportedMedia(
            f"Line {line:,} of the file {path!r} is not {ENCODING_NAMES[encoding]}. Save the file as UTF-8, in a "
            "spreadsheet as 'CSV UTF-8'" + MAY_BE_WINDOWS * (encoding == "utf-8") + "; and write a new job."
        )
    return len(BYTE_ORDER_MARK) if has_mark else 0


ENCODING_NAMES = {"utf-8": "UTF-8", "windows-1252": "Windows-1252"}

MAY_BE_WINDOWS = ", or write encoding: 'windows-1252' into the job's input if a Western European Windows has made it"


def _first_line_in_another_encoding(lines: Lines, encoding: FileEncoding) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    before = offset = 0
    while True:
        chunk = lines.part(offset, WINDOW_BYTES)
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return 1 + before + _newlines(chunk[: max(error.start - held, 0)])
        if not chunk:
            return None
        before += _newlines(chunk)
        offset += len(chunk)


def _has_letters_in_utf_8(lines: Lines) -> bool:
    """Return whether a file is valid UTF-8 with letters beyond ASCII. Text in another encoding almost never is."""
    if _first_line_in_another_encoding(lines, "utf-8") is not None:
        return False
    return any(not lines.part(at, WINDOW_BYTES).isascii() for at in range(0, lines.size, WINDOW_BYTES))


def _newlines(text: bytes) -> int:
    return max(text.count(b"\n"), text.count(b"\r"))
