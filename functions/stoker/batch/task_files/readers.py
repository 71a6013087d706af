"""The choice of a reader for a file of tasks."""

from pathlib import PurePosixPath

from stoker import config
from stoker.batch.task_files.csv_rows import CsvRows
from stoker.batch.task_files.json_lines import JsonLines
from stoker.batch.task_files.json_list import SPACE, JsonList
from stoker.batch.task_files.task_record import Reader, TaskFile
from stoker.batch.task_files.text import check_text

START_BYTES = 4096
"""The bytes at the beginning of the first line that are searched for the format."""


def reader_of(file: TaskFile, content_type: str) -> Reader:
    """Choose a reader by the media type, else by the ending of the file's name, else by the content.

    Args:
        file: The file.
        content_type: The file's media type.

    Raises:
        UnsupportedMedia: The file is not text in the encoding, or is not a list of tasks.
    """
    lines = file.lines
    offset, skipped = lines.skip_blank_lines(check_text(file.path, lines, file.encoding))
    begin, sign = (offset, 1 + skipped), lines.part(offset, START_BYTES).lstrip(SPACE)[:1]
    ending = PurePosixPath(file.path).suffix.lower().removeprefix(".")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in config.LIST_TYPES:
        is_csv = media_type in config.CSV_TYPES
    elif ending in (*config.CSV_ENDINGS, *config.JSON_ENDINGS):
        is_csv = ending in config.CSV_ENDINGS
    else:
        is_csv = sign not in (b"{", b"[")
    if is_csv:
        return CsvRows(file, begin)
    if sign == b"[":
        return JsonList(file, offset)
    return JsonLines(file, begin, is_object=sign == b"{")
