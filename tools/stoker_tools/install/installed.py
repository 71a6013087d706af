"""The record of an installation, `.stoker/installed.json`: all that was put into the app. It tells what to take out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NoReturn

from stoker_tools.install.errors import InstallError
from stoker_tools.install.json_edit import Added, Edits, Placed
from stoker_tools.install.rules_region import RegionRecord

FILE = ".stoker/installed.json"
FORMAT = 1
"""The number of the record's form. It is raised if an older Stoker could not read the record."""

DEPTH = 4
"""The parts below which the record has no more lines: the parts of a JSON file have a line each."""


@dataclass(frozen=True)
class Installed:
    """The record of an installation.

    Attributes:
        version: The version of Stoker.
        folder: The folder of Stoker's functions.
        files: The files of Stoker, with the SHA-256 of their content, as hexadecimal digits.
        seeds: The files that belong to the app since they were made, with the SHA-256 of their first content.
        generated: The files that `stoker generate` writes anew.
        directories: The directories that were made, the outer ones first.
        edits: What was put into JSON files, by their paths.
        regions: The regions of rules, by the paths of their files.
    """

    version: str
    folder: str
    files: Mapping[str, str] = field(default_factory=dict)
    seeds: Mapping[str, str] = field(default_factory=dict)
    generated: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    edits: Mapping[str, Edits] = field(default_factory=dict)
    regions: Mapping[str, RegionRecord] = field(default_factory=dict)


def written(record: Installed) -> bytes:
    """Return the text of a record. The same record has the same text.

    Args:
        record: The record.
    """
    content = {"format": FORMAT, **asdict(record)}
    return (_lines(content, "", 0) + "\n").encode()


def _lines(value: Any, indent: str, depth: int) -> str:
    """Return a value as JSON, with a line for each part down to some depth, so that a diff shows a changed part."""
    if not value or depth == DEPTH or not isinstance(value, dict | list | tuple):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    inner = f"{indent}  "
    if isinstance(value, dict):
        lines = [f"{json.dumps(key)}: {_lines(value[key], inner, depth + 1)}" for key in sorted(value)]
        opening, closing = "{}"
    else:
        lines = [_lines(one, inner, depth + 1) for one in value]
        opening, closing = "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(lines) + f"\n{indent}{closing}"


def read(content: bytes) -> Installed:
    """Read a record.

    Args:
        content: The content of the file.

    Raises:
        InstallError: The file is damaged, or a newer Stoker has written it.

    Example:
        >>> read(written(Installed("0.1.0", "functions"))).folder
        'functions'
    """
    try:
        loaded = json.loads(content)
    except ValueError:
        _refuse("it is no JSON")
    reader = _Reader(loaded, "the file")
    number = reader.value("format", int)
    if number > FORMAT:
        raise InstallError(f"{FILE} was written by a newer version of Stoker. Install that version of stoker_tools.")
    record = Installed(
        version=reader.value("version", str),
        folder=reader.value("folder", str),
        files=reader.texts("files"),
        seeds=reader.texts("seeds"),
        generated=reader.listed("generated"),
        directories=reader.listed("directories"),
        edits={path: _edits(one) for path, one in reader.readers("edits").items()},
        regions={path: _region(one) for path, one in reader.readers("regions").items()},
    )
    for path in [record.folder, *record.files, *record.seeds, *record.generated, *record.directories, *record.edits]:
        if path.startswith("/") or ".." in path.split("/"):
            _refuse(f"the path {path} leads out of the app")
    return record


def _edits(reader: "_Reader") -> Edits:
    placed = []
    for one in reader.list_of_readers("placed"):
        added = one.reader("added")
        part = Added(added.value("key", str), added.any("value"), added.value("before", str), added.value("after", str))
        placed.append(Placed(_path(one), part))
    return Edits(reader.text_or_none("base"), tuple(placed), reader.listed("wrapped"))


def _path(reader: "_Reader") -> tuple[str | dict[str, str], ...]:
    steps: list[str | dict[str, str]] = []
    for step in reader.value("path", list):
        values = step.values() if isinstance(step, dict) else [step]
        if not all(isinstance(one, str) for one in values):
            _refuse("a path is wrong")
        steps.append(step)
    return tuple(steps)


def _region(reader: "_Reader") -> RegionRecord:
    text, before, after = (reader.value(name, str) for name in ("text", "before", "after"))
    return RegionRecord(text, before, after, reader.text_or_none("base"))


class _Reader:
    """A reader of an object, whose every value must have its type."""

    def __init__(self, loaded: Any, place: str) -> None:
        if not isinstance(loaded, dict):
            _refuse(f"{place} is no object")
        self._loaded: dict[str, Any] = loaded
        self._place = place

    def any(self, name: str) -> Any:
        if name not in self._loaded:
            _refuse(f"{self._place} lacks {name}")
        return self._loaded[name]

    def value(self, name: str, kind: type[Any]) -> Any:
        value = self.any(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            _refuse(f"{name} of {self._place} has a wrong type")
        return value

    def text_or_none(self, name: str) -> str | None:
        return None if self.any(name) is None else str(self.value(name, str))

    def texts(self, name: str) -> dict[str, str]:
        return self._all(self.value(name, dict), name, lambda value: isinstance(value, str))

    def listed(self, name: str) -> tuple[str, ...]:
        values = self.value(name, list)
        return tuple(self._all(dict(enumerate(values)), name, lambda value: isinstance(value, str)).values())

    def reader(self, name: str) -> "_Reader":
        return _Reader(self.any(name), name)

    def readers(self, name: str) -> dict[str, "_Reader"]:
        return {key: _Reader(value, f"{name}.{key}") for key, value in self.value(name, dict).items()}

    def list_of_readers(self, name: str) -> list["_Reader"]:
        return [_Reader(value, name) for value in self.value(name, list)]

    def _all(self, values: dict[Any, Any], name: str, fits: Callable[[Any], bool]) -> dict[Any, Any]:
        if not all(fits(value) for value in values.values()):
            _refuse(f"a value of {name} is no text")
        return values


def _refuse(reason: str) -> NoReturn:
    cure = "Bring the file back from version control, such as by `git checkout`"
    raise InstallError(f"{FILE} is damaged: {reason}. {cure}.")
