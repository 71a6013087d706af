"""The reader of NDJSON, which has a JSON object on each line."""

from pydantic_core import from_json

from stoker.batch.task_files.lines import TOO_LONG
from stoker.batch.task_files.task_record import InvalidRecord, Record, TaskFile, task_of
from stoker.errors import UnsupportedMedia

LOOKED_AT = 100
"""The number of first lines, of which at least one must be a JSON object. A few broken lines don't refuse the file."""


class JsonLines:
    """The records of an NDJSON file.

    Args:
        file: The file.
        begin: The offset and the number of the first line that is not blank.
        is_object: Whether that line begins with a brace.

    Raises:
        UnsupportedMedia: None of the first lines is a JSON object, or the only line is an object without a title.
    """

    def __init__(self, file: TaskFile, begin: tuple[int, int], *, is_object: bool) -> None:
        self.begin = begin
        self._file = file
        self._check(is_object)

    def _check(self, is_object: bool) -> None:
        lines, offset = self._file.lines, self.begin[0]
        for number in range(LOOKED_AT):
            text, after = lines.at(lines.skip_blank_lines(offset)[0])
            value = parsed(text.decode(self._file.encoding)) if text is not None else None
            if isinstance(value, dict):
                is_alone = number == 0 and lines.skip_blank_lines(after)[0] == lines.size
                if is_alone and "title" not in value and "fields" not in value:
                    break
                return
            if after == offset or (number == 0 and isinstance(value, InvalidJson) and value.goes_on):
                break
            offset = after
        if self.begin[0] < lines.size:
            raise UnsupportedMedia(
                f"The file {self._file.path!r} is {'a single JSON object' if is_object else 'no JSON'}. Write each "
                "task as an object on a line of its own, or all of them as a JSON list; and write a new job."
            )

    def at(self, offset: int, line: int) -> Record | None:
        """As `Reader.at`."""
        offset, skipped = self._file.lines.skip_blank_lines(offset)
        line += skipped
        text, after = self._file.lines.at(offset)
        if after == offset:
            return None
        value = InvalidJson(TOO_LONG) if text is None else parsed(text.decode(self._file.encoding))
        found = InvalidRecord((str(value),)) if isinstance(value, InvalidJson) else task_of(value, self._file.dates)
        return Record(line, found, after, line + 1)


class InvalidJson:
    """A text that is not valid JSON.

    Args:
        problem: The problem, as a part of a sentence.
        goes_on: Whether the text is the beginning of JSON that continues on the next lines.

    Attributes:
        goes_on: As above.
    """

    def __init__(self, problem: str, *, goes_on: bool = False) -> None:
        self._problem = problem
        self.goes_on = goes_on

    def __str__(self) -> str:
        return self._problem


def parsed(text: str) -> object:
    """Parse a JSON text. Return its value, or an `InvalidJson`.

    Args:
        text: The text.
    """
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        return InvalidJson(f"it is no JSON ({error})", goes_on=str(error).startswith("EOF"))
