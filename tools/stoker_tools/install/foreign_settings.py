"""firebase.json with the line of each of its values. Comments are allowed in it, as the Firebase CLI allows them."""

import json
import re
from dataclasses import dataclass
from typing import Any, Never

SKIPPED = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
SCALAR = json.JSONDecoder()


class UnreadableSettings(Exception):
    """The text is not JSON.

    Args:
        line: The line where the reading stopped, from 1.
    """

    def __init__(self, line: int) -> None:
        super().__init__(f"Line {line} is not JSON.")
        self.line = line


@dataclass(frozen=True)
class LinedSettings:
    """The content of a JSON file.

    Attributes:
        value: The content.
        lines: The line of each value, by its place: `("functions", 0, "prefix")`.
    """

    value: dict[str, Any]
    lines: dict[tuple[str | int, ...], int]

    def line(self, *place: str | int) -> int:
        """Return the line of a value, or that of the nearest value around it.

        Args:
            place: The place of the value.
        """
        return self.lines[place] if place in self.lines or not place else self.line(*place[:-1])


def settings_of(text: str) -> LinedSettings:
    """Read the text of firebase.json.

    Args:
        text: The text.

    Raises:
        UnreadableSettings: The text is not JSON, or holds no object.

    Example:
        >>> settings_of('{\\n  "storage": {"rules": "storage.rules"} // ours\\n}').line("storage", "rules")
        2
    """
    reader = _Reader(text)
    value = reader.read(())
    reader.skip()
    if reader.at < len(text) or not isinstance(value, dict):
        reader.fail()
    return LinedSettings(value, reader.lines)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[tuple[str | int, ...], int] = {}

    def read(self, place: tuple[str | int, ...]) -> Any:
        self.skip()
        self.lines[place] = self.text.count("\n", 0, self.at) + 1
        if self.takes("{"):
            return self.members(place)
        if self.takes("["):
            return self.items(place)
        return self.scalar()

    def members(self, place: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not self.takes("}"):
            if found and not self.takes(","):
                self.fail()
            self.skip()
            name = self.scalar()
            if not isinstance(name, str) or not self.takes(":"):
                self.fail()
            found[name] = self.read((*place, name))
        return found

    def items(self, place: tuple[str | int, ...]) -> list[Any]:
        found: list[Any] = []
        while not self.takes("]"):
            if found and not self.takes(","):
                self.fail()
            found.append(self.read((*place, len(found))))
        return found

    def scalar(self) -> Any:
        if self.text.startswith(("{", "["), self.at):
            self.fail()
        try:
            value, self.at = SCALAR.raw_decode(self.text, self.at)
        except ValueError:
            self.fail()
        return value

    def takes(self, sign: str) -> bool:
        self.skip()
        if not self.text.startswith(sign, self.at):
            return False
        self.at += 1
        return True

    def skip(self) -> None:
        found = SKIPPED.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def fail(self) -> Never:
        raise UnreadableSettings(self.text.count("\n", 0, self.at) + 1)
