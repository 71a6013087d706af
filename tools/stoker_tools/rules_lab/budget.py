"""The highest cost of a request, estimated from the text of the rules.

Source of the limits: https://firebase.google.com/docs/firestore/security/rules-structure#security_rules_limits
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stoker_tools.rules_lab.language import Block, Expression, Function, parse

MAX_EXPRESSIONS = 1_000
MAX_DEPTH = 20
MAX_PARAMETERS = 7
MAX_LETS = 10
MAX_DOCUMENTS = 10
MAX_BYTES = 256 * 1024

METHODS = {"read": ("get", "list"), "write": ("create", "update", "delete")}


@dataclass(frozen=True)
class Cost:
    """The highest cost of a request of one kind.

    Attributes:
        expressions: The number of expressions that are evaluated.
        depth: The number of functions that call each other.
        documents: The number of documents that `get` and `exists` read.
    """

    expressions: int = 0
    depth: int = 0
    documents: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.expressions + other.expressions, max(self.depth, other.depth), self.documents + other.documents
        )


def costs(text: str) -> dict[str, Cost]:
    """Return the cost of each kind of request, by path and method, such as `/tasks/{taskId} create`.

    Args:
        text: The text of a file of rules.

    Raises:
        RulesError: The text is not in the rules' language.

    Example:
        >>> costs("service s { match /a/{b} { function f(c) { return c == 1; } allow get: if f(b) && true; } }")
        {'/a/{b} get': Cost(expressions=8, depth=1, documents=0)}
    """
    return dict(_costs(parse(text), {}))


def excesses(text: str) -> list[str]:
    """Return a sentence for each limit of the platform that a file of rules breaks.

    Args:
        text: The text of the file.
    """
    found = [
        f"{request}: {cost.expressions} expressions, {cost.depth} calls deep, {cost.documents} documents are more than "
        f"{MAX_EXPRESSIONS}, {MAX_DEPTH} and {MAX_DOCUMENTS}."
        for request, cost in costs(text).items()
        if cost.expressions > MAX_EXPRESSIONS or cost.depth > MAX_DEPTH or cost.documents > MAX_DOCUMENTS
    ]
    found += [
        f"{function.name}: {len(function.parameters)} parameters and {len(function.lets)} lets are more than "
        f"{MAX_PARAMETERS} and {MAX_LETS}."
        for block in parse(text).walk()
        for function in block.functions
        if len(function.parameters) > MAX_PARAMETERS or len(function.lets) > MAX_LETS
    ]
    if len(text.encode()) > MAX_BYTES:
        found.append(f"The file has {len(text.encode()):,} bytes, more than {MAX_BYTES:,}.")
    return found


def _costs(block: Block, outer: Mapping[str, Function]) -> Iterator[tuple[str, Cost]]:
    functions = {**outer, **{function.name: function for function in block.functions}}
    by_method: dict[str, Cost] = {}
    for allow in block.allows:
        for named in allow.methods:
            for method in METHODS.get(named, (named,)):
                cost = _cost(allow.condition, functions) if allow.condition else Cost()
                by_method[method] = by_method.get(method, Cost()) + cost
    yield from ((f"{block.path} {method}", cost) for method, cost in by_method.items())
    for inner in block.blocks:
        yield from _costs(inner, functions)


def _cost(expression: Expression, functions: Mapping[str, Function]) -> Cost:
    if expression.kind == "ternary":
        condition, one, other = (_cost(part, functions) for part in expression.parts)
        return Cost(1) + condition + max(one, other, key=lambda cost: cost.expressions)
    cost = sum((_cost(part, functions) for part in expression.parts), Cost(1))
    if expression.kind != "call" or expression.parts[0].kind != "name":
        return cost
    name = expression.parts[0].text
    if name in ("get", "exists"):
        return cost + Cost(documents=1)
    if name not in functions:
        return cost
    function = functions[name]
    body = sum((_cost(value, functions) for _, value in function.lets), _cost(function.result, functions))
    return cost + Cost(body.expressions, body.depth + 1, body.documents)
