"""The rules' language, parsed to a tree. Every part of the tree has its position in the text.

Source: https://firebase.google.com/docs/rules/rules-language
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from stoker_tools.rules_lab.errors import RulesError

TOKEN = re.compile(
    r"(?P<space>(?:\s|//[^\n]*|/\*.*?\*/)+)"
    r"|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|=\*\*|[-+*/%!<>=?:;,.(){}\[\]$])",
    re.DOTALL,
)

BINARY = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">=", "in", "is"), ("+", "-"), ("*", "/", "%"))
"""The operators by precedence, the lowest first."""


@dataclass(frozen=True)
class Token:
    """A token of the text.

    Attributes:
        kind: `string`, `number`, `name`, `sign` or `end`.
        text: The token as it is written.
        start: The offset of its first character.
        end: The offset behind its last character.
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Expression:
    """A part of a condition.

    Attributes:
        kind: `literal`, `name`, `member`, `call`, `index`, `list`, `map`, `path`, `unary`, `binary` or `ternary`.
        text: The name, the member's name, the operator or the literal. Empty for a call.
        parts: The operands. For a call, its function and then its arguments. For a map, its keys and values in turn.
        start: The offset of its first character.
        end: The offset behind its last character.
    """

    kind: str
    text: str
    parts: tuple["Expression", ...]
    start: int
    end: int

    def walk(self) -> Iterator["Expression"]:
        """Yield the expression and all its parts, at any depth."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True)
class Function:
    """A function of the rules.

    Attributes:
        name: The name of the function.
        parameters: The names of its parameters.
        lets: The variables that it declares: names and values.
        result: The expression that it returns.
    """

    name: str
    parameters: tuple[str, ...]
    lets: tuple[tuple[str, Expression], ...]
    result: Expression


@dataclass(frozen=True)
class Allow:
    """A permission.

    Attributes:
        methods: The methods that are allowed, such as `get` and `list`.
        condition: The condition of the permission; None if there is no condition.
        start: The offset of the statement.
        end: The offset behind the statement.
    """

    methods: tuple[str, ...]
    condition: Expression | None
    start: int
    end: int


@dataclass
class Block:
    """A `match` block, or the service itself.

    Attributes:
        path: The path as it is written. Empty for the service.
        functions: The functions that the block declares.
        allows: The permissions of the block.
        blocks: The `match` blocks inside this block.
    """

    path: str
    functions: list[Function] = field(default_factory=list)
    allows: list[Allow] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)

    def walk(self) -> Iterator["Block"]:
        """Yield the block and all blocks inside it, at any depth."""
        yield self
        for block in self.blocks:
            yield from block.walk()

    def expressions(self) -> Iterator[Expression]:
        """Yield each condition and each expression of a function, in this block and in the blocks inside it."""
        for block in self.walk():
            for function in block.functions:
                yield from (value for _, value in function.lets)
                yield function.result
            yield from (allow.condition for allow in block.allows if allow.condition)


def parse(text: str) -> Block:
    """Parse a file of rules, and return its service.

    Args:
        text: The text of the file.

    Raises:
        RulesError: The text is not in the rules' language.

    Example:
        >>> service = parse("service cloud.firestore { match /notes/{id} { allow get: if id == 'a'; } }")
        >>> [(block.path, block.allows[0].methods) for block in service.blocks]
        [('/notes/{id}', ('get',))]
    """
    return _Parser(text).service()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.at = 0

    def service(self) -> Block:
        if self.next_is("rules_version"):
            self.until(";")
        self.expect("service")
        while not self.next_is("{"):
            self.take()
        block = Block("")
        self.body(block)
        return block

    def body(self, block: Block) -> None:
        self.expect("{")
        while not self.next_is("}"):
            start = self.peek.start
            match self.take().text:
                case "match":
                    inner = Block(self.match_path())
                    self.body(inner)
                    block.blocks.append(inner)
                case "function":
                    block.functions.append(self.function())
                case "allow":
                    block.allows.append(self.allow(start))
                case _:
                    self.fail(self.tokens[self.at - 1])
        self.take()

    def match_path(self) -> str:
        start = self.peek.start
        while True:
            if self.next_is("{") and self.tokens[self.at - 1].text != "/":
                return self.text[start : self.tokens[self.at - 1].end]
            token = self.take()
            if token.text == "{":
                self.until("}")

    def function(self) -> Function:
        name = self.take().text
        self.expect("(")
        parameters = []
        while not self.next_is(")"):
            parameters.append(self.take().text)
            if self.next_is(","):
                self.take()
        self.take()
        self.expect("{")
        lets = []
        while self.next_is("let"):
            self.take()
            let = self.take().text
            self.expect("=")
            lets.append((let, self.expression()))
            self.expect(";")
        self.expect("return")
        result = self.expression()
        self.expect(";")
        self.expect("}")
        return Function(name, tuple(parameters), tuple(lets), result)

    def allow(self, start: int) -> Allow:
        methods = [self.take().text]
        while self.next_is(","):
            self.take()
            methods.append(self.take().text)
        condition = None
        if self.next_is(":"):
            self.take()
            self.expect("if")
            condition = self.expression()
        return Allow(tuple(methods), condition, start, self.expect(";").end)

    def expression(self) -> Expression:
        condition = self.binary(0)
        if not self.next_is("?"):
            return condition
        self.take()
        one = self.expression()
        self.expect(":")
        other = self.expression()
        return Expression("ternary", "?", (condition, one, other), condition.start, other.end)

    def binary(self, level: int) -> Expression:
        if level == len(BINARY):
            return self.unary()
        left = self.binary(level + 1)
        while self.peek.text in BINARY[level] and self.peek.kind in ("sign", "name"):
            operator = self.take().text
            right = self.binary(level + 1)
            left = Expression("binary", operator, (left, right), left.start, right.end)
        return left

    def unary(self) -> Expression:
        if self.peek.text in ("!", "-"):
            sign = self.take()
            operand = self.unary()
            return Expression("unary", sign.text, (operand,), sign.start, operand.end)
        return self.postfix(self.primary())

    def postfix(self, value: Expression) -> Expression:
        while True:
            if self.next_is("."):
                self.take()
                name = self.take()
                value = Expression("member", name.text, (value,), value.start, name.end)
            elif self.next_is("("):
                arguments = self.listed("(", ")")
                value = Expression("call", "", (value, *arguments), value.start, self.tokens[self.at - 1].end)
            elif self.next_is("["):
                inner = self.listed("[", "]")
                value = Expression("index", "", (value, *inner), value.start, self.tokens[self.at - 1].end)
            else:
                return value

    def primary(self) -> Expression:
        token = self.peek
        if token.text == "(":
            self.take()
            inner = self.expression()
            end = self.expect(")").end
            return Expression(inner.kind, inner.text, inner.parts, token.start, end)
        if token.text == "[":
            parts = self.listed("[", "]")
            return Expression("list", "", parts, token.start, self.tokens[self.at - 1].end)
        if token.text == "{":
            return self.map()
        if token.text == "/":
            return self.path()
        self.take()
        if token.kind in ("string", "number") or token.text in ("true", "false", "null"):
            return Expression("literal", token.text, (), token.start, token.end)
        if token.kind != "name":
            self.fail(token)
        return Expression("name", token.text, (), token.start, token.end)

    def map(self) -> Expression:
        start = self.expect("{").start
        parts = []
        while not self.next_is("}"):
            parts.append(self.expression())
            self.expect(":")
            parts.append(self.expression())
            if self.next_is(","):
                self.take()
        return Expression("map", "", tuple(parts), start, self.take().end)

    def path(self) -> Expression:
        start = self.peek.start
        parts = []
        while self.next_is("/"):
            self.take()
            if self.next_is("$"):
                self.take()
                self.expect("(")
                parts.append(self.expression())
                self.expect(")")
            else:
                self.take()
        return Expression("path", "", tuple(parts), start, self.tokens[self.at - 1].end)

    def listed(self, opening: str, closing: str) -> tuple[Expression, ...]:
        self.expect(opening)
        parts = []
        while not self.next_is(closing):
            parts.append(self.expression())
            if self.next_is(","):
                self.take()
        self.take()
        return tuple(parts)

    @property
    def peek(self) -> Token:
        return self.tokens[self.at]

    def next_is(self, text: str) -> bool:
        return self.peek.text == text and self.peek.kind != "string"

    def take(self) -> Token:
        token = self.peek
        if token.kind == "end":
            self.fail(token)
        self.at += 1
        return token

    def expect(self, text: str) -> Token:
        if not self.next_is(text):
            self.fail(self.peek)
        return self.take()

    def until(self, text: str) -> None:
        while self.take().text != text:
            pass

    def fail(self, token: Token) -> None:
        line = self.text.count("\n", 0, token.start) + 1
        raise RulesError(f"Line {line}: {token.text or 'the end'!r} was not expected here.")


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, without spaces and comments. The last token is the end.

    Args:
        text: The text of a file of rules, or of a part of it.

    Raises:
        RulesError: A character is not part of the rules' language.
    """
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise RulesError(f"Line {text.count(chr(10), 0, at) + 1}: {text[at]!r} is not part of the rules' language.")
        if found.lastgroup != "space":
            yield Token(found.lastgroup or "", found[0], at, found.end())
        at = found.end()
    yield Token("end", "", at, at)
