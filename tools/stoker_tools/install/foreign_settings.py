"""firebase.json with the line of each of its values. Comments are allowed in it, as the Firebase CLI allows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stoker_tools.install.errors import NoJson
from stoker_tools.install.json_text import Part, parse


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
    try:
        whole = parse(text, "firebase.json")
    except NoJson as error:
        raise UnreadableSettings(error.line) from None
    if whole.kind != "object":
        raise UnreadableSettings(text.count("\n", 0, whole.start) + 1)
    lines = {place: text.count("\n", 0, part.start) + 1 for place, part in _parts(whole, ())}
    return LinedSettings(whole.plain(), lines)


def _parts(part: Part, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Part]]:
    yield place, part
    names: list[str | int] = [*part.keys] if part.kind == "object" else [*range(len(part.children))]
    for name, child in zip(names, part.children, strict=True):
        yield from _parts(child, (*place, name))
