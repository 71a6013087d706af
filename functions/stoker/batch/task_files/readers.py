"""The format of a file of tasks."""

from pathlib import PurePosixPath

from stoker import config
from stoker.batch.task_files.csv_rows import CsvRows
from stoker.batch.task_files.json_lines import JsonLines
from stoker.batch.task_files.json_list import SPACE, JsonList
from stoker.batch.task_files.task_record import Reader, TaskFile
from stoker.batch.task_files.text import check_text

START_BYTES = 4096
"""The beginning of the first line, in which the format is looked for."""


def reader_of(file: TaskFile, content_type: str) -> Reader:
    """Choose a reader by the media type, then by the file's name, then by the content.

    Args:
        file: The file.
        content_type: The file's media type.

    Raises:
        UnsupportedMedia: The file is no text in that encoding, or is no list of tasks.
    """
    lines = file.lines
    offset, skipped = lines.behind_blank(check_text(file.path, lines, file.encoding))
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
