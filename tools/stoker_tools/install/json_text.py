"""JSON with comments, parsed with the positions of its parts. Editing by position keeps every other byte.

The Firebase CLI reads `firebase.json` and the indexes with the package `cjson`: `//` and `/* */` are comments, and a
byte order mark is skipped. A comma behind the last part is refused, as in JSON.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from stoker_tools.install.errors import InstallError, NoJson

SPACE = re.compile(r"(?:[ \t\r\n\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")


@dataclass(frozen=True)
class Part:
    """A part of a JSON text: an object, a list, or a value without parts.

    Attributes:
        kind: `object`, `list` or `value`.
        start: The offset of its first character.
        end: The offset behind its last character.
        value: Its value, if it has no parts.
        children: The elements of a list, or the values of an object.
        keys: The keys of an object.
        starts: The offset at which each child begins. In an object, this is the offset of the key.
        commas: The offsets of the commas between the children.
    """

    kind: str
    start: int
    end: int
    value: Any = None
    children: list["Part"] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    commas: list[int] = field(default_factory=list)

    def plain(self) -> Any:
        """Return the value as `json.loads` would return it."""
        if self.kind == "object":
            return dict(zip(self.keys, (child.plain() for child in self.children), strict=True))
        return [child.plain() for child in self.children] if self.kind == "list" else self.value

    def child(self, key: str) -> "Part | None":
        """Return the value of a key; None if the part is no object, or has no such key.

        Args:
            key: The key. If it occurs twice, the last one counts, as in JavaScript.
        """
        for name, child in zip(reversed(self.keys), reversed(self.children), strict=True):
            if name == key:
                return child
        return None


def parse(text: str, name: str) -> Part:
    """Parse a text.

    Args:
        text: The text, in which comments are allowed.
        name: The name of the file, for errors.

    Raises:
        NoJson: The text is no JSON. The message has the line.

    Example:
        >>> parse('{"a": [1, 2] // two\\n}', "x.json").plain()
        {'a': [1, 2]}
    """
    return _Reader(text, name).whole()


def load(file: Path) -> Any:
    """Read a file of the Firebase CLI, in which comments are allowed.

    Args:
        file: The file.

    Raises:
        FileNotFoundError: There is no such file.
        InstallError: The file is no JSON, or is not in UTF-8.
    """
    try:
        return parse(file.read_text(encoding="utf-8"), file.name).plain()
    except UnicodeDecodeError:
        raise InstallError(f"{file.name} is not in UTF-8. Save it in UTF-8 first.") from None


def newline_of(text: str) -> str:
    """Return the line break of a text: that of its first line.

    Args:
        text: The text.
    """
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def line_indent(text: str, offset: int) -> str:
    """Return the spaces and tabs at the beginning of a line.

    Args:
        text: The text.
        offset: An offset in the line.
    """
    start = text.rfind("\n", 0, offset) + 1
    found = re.compile("\ufeff?([ \\t]*)").match(text, start)
    return found[1] if found else ""


def comments(text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield the comments of the rest of a line, up to the first other character.

    Args:
        text: The text.
        start: The offset at which the rest of the line begins.
    """
    comment = re.compile(r"[ \t]*(?P<comment>//[^\r\n]*|/\*.*?\*/)", re.DOTALL)
    while found := comment.match(text, start):
        yield found
        if "\n" in found[0]:
            return
        start = found.end()


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.at = 0

    def whole(self) -> Part:
        self.skip()
        part = self.part()
        self.skip()
        if self.at < len(self.text):
            self.fail()
        return part

    def part(self) -> Part:
        if self.text[self.at : self.at + 1] in ("{", "["):
            return self.container()
        found = STRING.match(self.text, self.at) or SCALAR.match(self.text, self.at)
        if not found:
            self.fail()
        self.at = found.end()
        return Part("value", found.start(), found.end(), self.loaded(found[0], found.start()))

    def container(self) -> Part:
        is_object = self.text[self.at] == "{"
        closing = "}" if is_object else "]"
        part = Part("object" if is_object else "list", self.at, 0)
        self.at += 1
        self.skip()
        while not (not part.children and self.next_is(closing)):
            part.starts.append(self.at)
            if is_object:
                part.keys.append(self.key())
            part.children.append(self.part())
            self.skip()
            if self.next_is(closing):
                break
            part.commas.append(self.at)
            self.take(",")
        self.at += 1
        return Part(part.kind, part.start, self.at, None, part.children, part.keys, part.starts, part.commas)

    def key(self) -> str:
        found = STRING.match(self.text, self.at)
        if not found:
            self.fail()
        self.at = found.end()
        self.skip()
        self.take(":")
        return str(self.loaded(found[0], found.start()))

    def loaded(self, written: str, start: int) -> Any:
        try:
            return json.loads(written)
        except ValueError:
            self.at = start
            self.fail()

    def next_is(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def take(self, sign: str) -> None:
        if not self.next_is(sign):
            self.fail()
        self.at += len(sign)
        self.skip()

    def skip(self) -> None:
        found = SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def fail(self) -> NoReturn:
        line = self.text.count("\n", 0, self.at) + 1
        sign = self.text[self.at : self.at + 1]
        raise NoJson(self.name, line, sign)
