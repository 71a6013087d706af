"""Mutants of the rules: copies with one mistake each. The tests of the rules must notice every mistake."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from stoker_tools.rules_lab.language import Allow, Block, Expression, Function, parse

FLIPPED = {
    "==": ("!=",),
    "!=": ("==",),
    "<=": ("<", ">="),
    ">=": (">", "<="),
    "<": ("<=", ">="),
    ">": (">=", "<="),
    "&&": ("||",),
}
"""The wrong operators that may replace an operator."""


@dataclass(frozen=True)
class Mutant:
    """Rules with one mistake.

    Attributes:
        block: The path of the `match` block with the mistake. Empty for the functions that all blocks share.
        place: The name of the function, or the methods of the permission.
        mistake: A description of the mistake in a few words.
        before: The text that was changed.
        after: The text in its place.
        words: Names in the condition, such as the names of fields. The tests with these names are tried first.
        rules: The whole text with the mistake.
    """

    block: str
    place: str
    mistake: str
    before: str
    after: str
    words: frozenset[str]
    rules: str

    def __str__(self) -> str:
        return f"{self.block} {self.place}: {self.mistake}: {_short(self.before)} -> {_short(self.after) or 'nothing'}"


def mutants(text: str) -> list[Mutant]:
    """Return every mutant of some rules.

    Args:
        text: The text of the file of rules.

    Raises:
        RulesError: The text is not in the rules' language.

    Example:
        >>> rules = "service s { match /a/{b} { allow get: if b == 'c' && true; } }"
        >>> sorted({mutant.mistake for mutant in mutants(rules)})
        ['always allow', 'another operator', 'another text', 'drop a condition', 'never allow', 'the opposite']
    """
    service = parse(text)
    found: dict[str, Mutant] = {}
    for block in service.walk():
        for made in _Mutator(text, block).all():
            found.setdefault(made.rules, made)
    return list(found.values())


class _Mutator:
    def __init__(self, text: str, block: Block) -> None:
        self.text = text
        self.block = block
        self.place = ""
        self.words = frozenset[str]()

    def all(self) -> Iterator[Mutant]:
        for function in self.block.functions:
            yield from self.of_function(function)
        for allow in self.block.allows:
            yield from self.of_allow(allow)

    def of_function(self, function: Function) -> Iterator[Mutant]:
        self.place = function.name
        for expression in (*(value for _, value in function.lets), function.result):
            yield from self.of_condition(expression)

    def of_allow(self, allow: Allow) -> Iterator[Mutant]:
        self.place = f"allow {', '.join(allow.methods)}"
        self.words = frozenset(allow.methods)
        if allow.condition is None:
            yield self.made("never allow", allow.start, allow.end, "")
            return
        yield self.made("always allow", allow.condition.start, allow.condition.end, "true")
        yield self.made("never allow", allow.condition.start, allow.condition.end, "false")
        for method in allow.methods if len(allow.methods) > 1 else ():
            others = ", ".join(other for other in allow.methods if other != method)
            listed = self.text[allow.start : allow.condition.start].partition(":")[0]
            yield self.made(f"don't allow {method}", allow.start, allow.start + len(listed), f"allow {others}")
        yield from self.of_condition(allow.condition)

    def of_condition(self, expression: Expression) -> Iterator[Mutant]:
        """Yield the mutants of a condition, for each part of its outermost `&&`."""
        if expression.kind == "binary" and expression.text == "&&":
            for part in expression.parts:
                yield from self.of_condition(part)
            yield from self.of_binary(expression)
            return
        self.words = frozenset(_words(expression))
        for inner in expression.walk():
            yield from self.of_one(inner)

    def of_one(self, expression: Expression) -> Iterator[Mutant]:
        start, end = expression.start, expression.end
        match expression.kind:
            case "binary":
                yield from self.of_binary(expression)
            case "unary" if expression.text == "!":
                yield self.made("drop a not", start, end, f"({self.source(expression.parts[0])})")
            case "ternary":
                condition, one, other = (self.source(part) for part in expression.parts)
                yield self.made("swap the branches", start, end, f"({condition} ? {other} : {one})")
            case "list":
                yield from self.of_list(expression)
            case "literal":
                yield from self.of_literal(expression)
            case "call" if expression.parts[0].kind == "member" and expression.parts[0].text == "matches":
                subject = self.source(expression.parts[0].parts[0])
                yield self.made("match anything", start, end, f"{subject}.matches('(?s).*')")

    def of_binary(self, expression: Expression) -> Iterator[Mutant]:
        left, right = expression.parts
        start, end = expression.start, expression.end
        one, other = f"({self.source(left)})", f"({self.source(right)})"
        if expression.text in ("&&", "||"):
            words, named = self.words, "a condition" if expression.text == "&&" else "an alternative"
            for kept, dropped in ((other, left), (one, right)):
                if dropped.text == expression.text:
                    continue  # Its own parts are dropped one by one.
                if expression.text == "&&":
                    self.words = frozenset(_words(dropped)) | words
                yield replace(self.made(f"drop {named}", start, end, kept), before=self.source(dropped), after="")
            self.words = words
        elif expression.text in ("in", "is"):
            yield self.made("not", start, end, f"!({one} {expression.text} {self.source(right)})")
        for operator in FLIPPED.get(expression.text, ()):
            yield self.made("another operator", start, end, f"({one} {operator} {other})")

    def of_list(self, expression: Expression) -> Iterator[Mutant]:
        items = [self.source(part) for part in expression.parts]
        words = self.words
        for item in items:
            self.words = frozenset({item.strip("'")}) | words
            kept = ", ".join(other for other in items if other != item)
            yield self.made("drop an item", expression.start, expression.end, f"[{kept}]")
        self.words = words
        yield self.made("add an item", expression.start, expression.end, f"[{', '.join([*items, _GHOST])}]")

    def of_literal(self, expression: Expression) -> Iterator[Mutant]:
        if expression.text.isdigit():
            for step in (1, -1):
                yield self.made("another number", expression.start, expression.end, str(int(expression.text) + step))
        elif expression.text.startswith("'"):
            yield self.made("another text", expression.start, expression.end, f"'x{expression.text[1:]}")
        elif expression.text in ("true", "false"):
            other = {"true": "false", "false": "true"}[expression.text]
            yield self.made("the opposite", expression.start, expression.end, other)

    def source(self, expression: Expression) -> str:
        return self.text[expression.start : expression.end]

    def made(self, mistake: str, start: int, end: int, after: str) -> Mutant:
        rules = self.text[:start] + after + self.text[end:]
        return Mutant(self.block.path, self.place, mistake, self.text[start:end], after, self.words, rules)


_GHOST = "'ghost'"


def _words(expression: Expression) -> Iterator[str]:
    for inner in expression.walk():
        if inner.kind == "member":
            yield inner.text
        elif inner.kind == "literal" and inner.text.startswith("'"):
            yield inner.text.strip("'")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) < 160 else f"{line[:110]} … {line[-45:]}"
