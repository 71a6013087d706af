"""The structure of an app's rules: its services, `match` blocks, permissions and functions, with their places.

Conditions stay text. Everything that decides where a block or a condition ends is read as the rules' compiler reads it:
comments, strings, brackets and path segments. Text that is not understood is an error, never left out.

Source: https://firebase.google.com/docs/rules/rules-language, and the compiler of the Firestore emulator, which decided
the cases that this page leaves open: methods may have capital letters, and a semicolon may be missing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Never

from stoker_tools.install.foreign_segments import RulesSegment

METHODS = frozenset({"get", "list", "read", "create", "update", "delete", "write"})
CLOSING = {"(": ")", "[": "]", "{": "}"}
STATEMENTS = frozenset({"allow", "match", "function"})

SPACE = re.compile(r"[ \t\r\n]+")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
STRING = re.compile(r"'(?:[^'\\\n]|\\[^\n])*'|\"(?:[^\"\\\n]|\\[^\n])*\"")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
SIGN = re.compile(r"&&|\|\||==|!=|<=|>=|[-+*/%!<>=?:;,.(){}\[\]$&@~]")
WILDCARD = re.compile(r"\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:=\s*(\*\*?)\s*)?\}")
LITERAL = re.compile(r"[A-Za-z0-9&+\-.:@_~%()]+")
IN_PATH = re.compile(r"/[A-Za-z0-9&'*+\-.:@_~%]*$")
VERSION = re.compile(r"rules_version\s*=\s*(?:'([12])'|\"([12])\")\s*;?")
SERVICE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


class UnreadableRules(Exception):
    """The text was not understood.

    Args:
        line: The line where the reading stopped, from 1.
        reason: A sentence that says what stands there.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"Line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class ForeignAllow:
    """A permission of an app's rules.

    Attributes:
        methods: Its methods in small letters, such as `read`.
        condition: The text of its condition; None if it has none.
        line: Its line, from 1.
    """

    methods: tuple[str, ...]
    condition: str | None
    line: int


@dataclass
class ForeignMatch:
    """A `match` block of an app's rules, or a service with its blocks.

    Attributes:
        text: The block's head as it is written, such as `match /users/{uid}`. For a service, `service` and its name.
        segments: The segments of its path. Empty for a service.
        start: The offset of its head.
        opened: The offset behind its opening brace.
        line: The line of its head, from 1.
        allows: Its permissions.
        functions: The names of the functions that it declares, with their offsets.
        blocks: The blocks inside it.
        closed: The offset of its closing brace.
    """

    text: str
    segments: tuple[RulesSegment, ...]
    start: int
    opened: int
    line: int
    allows: list[ForeignAllow] = field(default_factory=list)
    functions: list[tuple[str, int]] = field(default_factory=list)
    blocks: list["ForeignMatch"] = field(default_factory=list)
    closed: int = 0

    def walk(self) -> Iterator[tuple["ForeignMatch", ...]]:
        """Yield the block and all blocks inside it, each as the last of its chain: the block itself comes first."""
        yield (self,)
        for block in self.blocks:
            yield from ((self, *chain) for chain in block.walk())


@dataclass
class ScannedRules:
    """The structure of a file of rules.

    Attributes:
        version: The version of the language: 1 or 2.
        services: The services, by name.
        comments: The comments: their offsets and texts.
        functions: The names of the functions outside of all services, with their offsets.
    """

    version: int
    services: dict[str, ForeignMatch]
    comments: list[tuple[int, str]]
    functions: list[tuple[str, int]]


def scan(text: str) -> ScannedRules:
    """Read the structure of a file of rules.

    Args:
        text: The text of the file.

    Raises:
        UnreadableRules: A part of the text was not understood.

    Example:
        >>> rules = scan("service cloud.firestore { match /notes/{id} { allow read: if id == 'a'; } }")
        >>> [(block.text, block.allows[0].condition) for block in rules.services["cloud.firestore"].blocks]
        [('match /notes/{id}', "id == 'a'")]
    """
    scanner = _Scanner(text)
    try:
        return scanner.file()
    except RecursionError:
        raise UnreadableRules(line_of(text, scanner.at), "the brackets are nested too deep.") from None


def line_of(text: str, offset: int) -> int:
    """Return the line of an offset, from 1."""
    return text.count("\n", 0, offset) + 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.comments: dict[int, str] = {}

    def file(self) -> ScannedRules:
        self.skip()
        version = 1
        if found := VERSION.match(self.text, self.at):
            version = int(found[1] or found[2])
            self.at = found.end()
        services: dict[str, ForeignMatch] = {}
        functions: list[tuple[str, int]] = []
        while self.skip() < len(self.text):
            start = self.at
            word = self.name()
            if word == "function":
                functions.append(self.function(start))
            elif word == "service":
                name = self.take(SERVICE, "the name of a service")
                if name in services:
                    self.fail(start, f"the service {name} stands here a second time")
                services[name] = self.block(f"service {name}", (), start)
            else:
                self.fail(start, f"{word!r} was not expected here")
        return ScannedRules(version, services, sorted(self.comments.items()), functions)

    def block(self, text: str, segments: tuple[RulesSegment, ...], start: int) -> ForeignMatch:
        self.expect("{")
        block = ForeignMatch(text, segments, start, self.at, line_of(self.text, start))
        while not self.next_is("}"):
            begins = self.at
            match self.name():
                case "match":
                    inner = self.path()
                    head = " ".join(self.text[begins : self.at].split())
                    block.blocks.append(self.block(head, inner, begins))
                case "allow" if segments:
                    block.allows.append(self.allow(begins))
                case "function":
                    block.functions.append(self.function(begins))
                case word:
                    self.fail(begins, f"{word!r} was not expected here")
        block.closed = self.at
        self.at += 1
        return block

    def path(self) -> tuple[RulesSegment, ...]:
        segments = []
        while self.next_is("/"):
            self.at += 1
            self.skip()
            if found := WILDCARD.match(self.text, self.at):
                segments.append(RulesSegment(name=found[1], is_glob=found[2] == "**"))
                self.at = found.end()
            else:
                segments.append(RulesSegment(literal=self.take(LITERAL, "a segment of a path")))
        if not segments:
            self.fail(self.at, "a path was expected here")
        if self.skip() < len(self.text) and self.text[self.at] != "{":
            self.fail(self.at, f"{self.text[self.at]!r} is not understood in the path of a match")
        return tuple(segments)

    def allow(self, start: int) -> ForeignAllow:
        methods = [self.method()]
        while self.next_is(","):
            self.at += 1
            methods.append(self.method())
        condition = None
        if self.next_is(":"):
            self.at += 1
            self.skip()
            if self.name() != "if":
                self.fail(start, "'if' was expected in this permission")
            condition = self.condition()
        if self.next_is(";"):
            self.at += 1
        return ForeignAllow(tuple(methods), condition, line_of(self.text, start))

    def method(self) -> str:
        self.skip()
        start = self.at
        method = self.name().lower()
        if method not in METHODS:
            self.fail(start, f"{method!r} is not a method of the rules")
        return method

    def condition(self) -> str:
        """Read up to the end of the statement: to a semicolon, to the block's end, or to the next statement."""
        self.skip()
        start = end = self.at
        before = ""
        while self.skip() < len(self.text):
            sign = self.text[self.at]
            word = NAME.match(self.text, self.at)
            if sign in ";}" or (word and word[0] in STATEMENTS and before not in {".", "/"}):
                break
            before = self.token(before, end)
            end = self.at
        if start == end:
            self.fail(start, "a condition was expected here")
        return self.text[start:end]

    def token(self, before: str, end: int) -> str:
        """Read one token, with everything up to its closing bracket; return its text."""
        start = self.at
        for pattern in (STRING, NAME, NUMBER, SIGN):
            if found := pattern.match(self.text, start):
                break
        else:
            self.fail(start, f"{self.text[start]!r} is not understood")
        # A quote may be a part of a path's segment, such as in /users/it's. Then no string begins here.
        follows_name = start == end and NAME.fullmatch(before)
        if pattern is STRING and (
            before == "/" or follows_name or IN_PATH.search(self.text[max(0, start - 1000) : start])
        ):
            self.fail(start, "a string was not expected here")
        self.at = found.end()
        if found[0] in CLOSING:
            self.bracket(CLOSING[found[0]], start)
            return CLOSING[found[0]]
        if found[0] in CLOSING.values():
            self.fail(start, f"{found[0]!r} was not expected here")
        return found[0]

    def bracket(self, closing: str, start: int) -> None:
        before, end = "", self.at
        while self.skip() < len(self.text):
            if self.text[self.at] == closing:
                self.at += 1
                return
            before = self.token(before, end)
            end = self.at
        self.fail(start, f"the bracket {self.text[start]!r} is not closed")

    def function(self, start: int) -> tuple[str, int]:
        self.skip()
        name = self.name()
        for opening in "({":
            self.expect(opening)
            self.bracket(CLOSING[opening], self.at - 1)
        return name, start

    def name(self) -> str:
        return self.take(NAME, "a name")

    def take(self, pattern: re.Pattern[str], expected: str) -> str:
        self.skip()
        found = pattern.match(self.text, self.at)
        if not found:
            there = repr(self.text[self.at]) if self.at < len(self.text) else "the end"
            self.fail(self.at, f"{there} was not expected here, but {expected}")
        self.at = found.end()
        return found[0]

    def expect(self, sign: str) -> None:
        if not self.next_is(sign):
            there = repr(self.text[self.at]) if self.at < len(self.text) else "the end"
            self.fail(self.at, f"{there} was not expected here, but {sign!r}")
        self.at += 1

    def next_is(self, sign: str) -> bool:
        return self.text.startswith(sign, self.skip())

    def skip(self) -> int:
        """Skip spaces and comments, and return the offset."""
        while True:
            if found := SPACE.match(self.text, self.at):
                self.at = found.end()
            elif found := COMMENT.match(self.text, self.at):
                self.comments[self.at] = found[0]
                self.at = found.end()
            elif self.text.startswith("/*", self.at):
                self.fail(self.at, "the comment that begins with /* has no end. A path with any name is {name=**}")
            else:
                return self.at

    def fail(self, offset: int, reason: str) -> Never:
        raise UnreadableRules(line_of(self.text, offset), f"{reason}.")
