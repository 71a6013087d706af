"""Reading of a document that was written as JSON.

JSON has no timestamps. `{"serverTimestamp": true}` stands for `serverTimestamp()`, `{"deleteField": true}` for
`deleteField()`, and `{"timestamp": "2026-11-27T05:00:00Z"}` for a timestamp. In a field that holds a timestamp, the
text alone is enough.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from stoker.models.document import Model
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.explain.field_problems import Fields, declared_fields
from stoker_tools.generate.fields import without_null
from stoker_tools.rules_lab.values import NOW

MAX_DEPTH = 20
"""The most levels of maps and lists in a document.
Source: https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields"""

SHOWN = 40
"""The most characters of a path that are shown in a sentence."""

MAX_INTEGER = 2**53
"""JavaScript writes a whole number up to this size as an integer, also if JSON has it as `5.0`.
Source: https://tc39.es/ecma262/#sec-number.max_safe_integer"""

MAX_DIGITS = 400
"""The most characters of a whole number. JavaScript reads a longer number as Infinity."""


@dataclass(frozen=True)
class Read:
    """The fields of a document that was read from a file.

    Attributes:
        fields: The fields. `NOW` stands for the server's time.
        removed: The names of the fields that are `{"deleteField": true}`.
    """

    fields: dict[str, Any]
    removed: list[str]


def read_document(path: str) -> Read:
    """Read a document from a file.

    Args:
        path: The path of the file, which holds JSON.

    Raises:
        CommandError: The file does not exist, can't be read, or holds no document.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        code = ExitCode.NOTHING_THERE if isinstance(error, FileNotFoundError) else ExitCode.USAGE
        raise CommandError(f"{path} can't be read: {reason}.", code) from None
    try:
        return _read(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise CommandError(f"{path} is not JSON: {error.msg} ({place}).", ExitCode.USAGE) from None
    except CommandError as error:
        raise CommandError(f"{path} can't be read: {error}", ExitCode.USAGE) from None


def _read(text: str) -> Read:
    try:
        found = json.loads(text, parse_float=_number, parse_int=_whole_number, parse_constant=_no_number)
    except RecursionError:
        raise CommandError("it is nested too deeply.") from None
    if not isinstance(found, dict):
        raise CommandError('it must hold the fields of a document, such as {"title": "Paint the door"}.')
    removed = [name for name, value in found.items() if value == {"deleteField": True}]
    return Read({name: _value(value, 1) for name, value in found.items() if name not in removed}, removed)


def with_times(model: type[Model], fields: Fields) -> dict[str, Any]:
    """Return fields with timestamps instead of texts, in the fields that hold a timestamp.

    Args:
        model: The model of the document.
        fields: The fields, as `read_document` returns them.
    """
    declared = declared_fields(model)

    def value_of(name: str, value: Any) -> Any:
        item = declared.get(name)
        is_time = item is not None and without_null(item.schema)[0].get("format") == "date-time"
        return _time(value) or value if is_time and isinstance(value, str) else value

    return {name: value_of(name, value) for name, value in fields.items()}


def merged(before: Fields, change: Read) -> Read:
    """Return a change with whole maps in the places of paths such as `preferences.theme`.

    Args:
        before: The fields of the document before the change.
        change: The change as the client gives it to `updateDoc`.

    Raises:
        CommandError: The document would have too many levels of maps and lists.

    Example:
        >>> merged({"preferences": {"language": "de"}}, Read({"preferences.theme": "dark"}, [])).fields
        {'preferences': {'language': 'de', 'theme': 'dark'}}
    """
    found: dict[str, Any] = {}
    for path, value in change.fields.items():
        name, *inner = path.split(".")
        try:
            _value(value, 1 + len(inner))
        except CommandError as error:
            shown = path if len(path) <= SHOWN else f"{path[:SHOWN]}…"
            raise CommandError(f"The change of {shown!r} can't be written: {error}", ExitCode.USAGE) from None
        found[name] = _with(found.get(name, before.get(name)), inner, value)
    for path in change.removed:
        name, *inner = path.split(".")
        if inner:
            found[name] = _without(found.get(name, before.get(name)), inner)
    return Read(found, [name for name in change.removed if "." not in name])


def _with(whole: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    fields = dict(whole) if isinstance(whole, dict) else {}
    return {**fields, path[0]: _with(fields.get(path[0]), path[1:], value)}


def _without(whole: Any, path: list[str]) -> Any:
    name, *inner = path
    if not isinstance(whole, dict) or name not in whole:
        return whole
    if inner:
        return {**whole, name: _without(whole[name], inner)}
    return {key: value for key, value in whole.items() if key != name}


def _value(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise CommandError(f"it has more than {MAX_DEPTH} levels of maps and lists, which Firestore does not store.")
    match value:
        case {"serverTimestamp": True} if len(value) == 1:
            return NOW
        case {"timestamp": str(text)} if len(value) == 1:
            if (time := _time(text)) is None:
                raise CommandError(f"{text!r} is no timestamp such as '2026-11-27T05:00:00Z'.")
            return time
        case dict():
            return {name: _value(inner, depth + 1) for name, inner in value.items()}
        case list():
            return [_value(inner, depth + 1) for inner in value]
        case _:
            return value


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None and "T" in text.upper() else None


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if abs(number) <= MAX_INTEGER and number.is_integer() else number


def _whole_number(text: str) -> int | float:
    return int(text) if len(text) < MAX_DIGITS else float(text)


def _no_number(text: str) -> float:
    raise CommandError(f"{text} is not a number in JSON.")
