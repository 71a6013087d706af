"""Conditions of an app's rules that can't be true for a path.

Few forms are understood: `false`, and comparisons of a wildcard with texts, joined by `&&`, `||`, `!` and `?:`. Every
other condition counts as one that may be true.
"""

from stoker_tools.install.foreign_segments import Binding
from stoker_tools.rules_lab.errors import RulesError
from stoker_tools.rules_lab.language import Expression, parse

GLOBALS = frozenset(
    {"request", "resource", "debug", "duration", "exists", "firestore", "get", "getAfter", "hashing", "latlng", "math"}
    | {"timestamp"}
)
"""The names of the rules' language. A wildcard of such a name counts as not known."""


def is_never_true(condition: str | None, binding: Binding) -> bool:
    """Return whether a condition refuses each request to a path.

    Args:
        condition: The text of the condition; None if the permission has none.
        binding: The wildcards' values for the path.

    Example:
        >>> is_never_true("collection != 'tasks' && request.auth != null", {"collection": "tasks"})
        True
        >>> is_never_true("collection != 'tasks' || request.auth != null", {"collection": "tasks"})
        False
    """
    if condition is None:
        return False
    try:
        service = parse(f"service s {{ match /a {{ allow get: if {condition}\n; }} }}")
    except (RulesError, RecursionError):
        return False  # A condition that is not understood may be true.
    (block,) = service.blocks
    (allow,) = block.allows
    return allow.condition is not None and _value(allow.condition, binding) is False


def is_always_true(condition: str | None) -> bool:
    """Return whether a permission has no condition, or the condition `true`."""
    return condition is None or condition.strip("() \t\r\n") == "true"


def _value(expression: Expression, binding: Binding) -> bool | None:
    """Return the value of a condition; None if it is not known. An error in the rules refuses, as false does."""
    match expression.kind, expression.text:
        case "literal", "true" | "false":
            return expression.text == "true"
        case "unary", "!":
            value = _value(expression.parts[0], binding)
            return None if value is None else not value
        case "binary", "&&" | "||":
            decisive = expression.text == "||"
            values = [_value(part, binding) for part in expression.parts]
            return decisive if decisive in values else None if None in values else not decisive
        case "binary", "==" | "!=":
            left, right = (_text(part, binding) for part in expression.parts)
            return None if left is None or right is None else (left == right) == (expression.text == "==")
        case "binary", "in":
            return _is_in(expression.parts[0], expression.parts[1], binding)
        case "ternary", _:
            condition, *branches = (_value(part, binding) for part in expression.parts)
            if condition is None:
                return branches[0] if branches[0] == branches[1] else None
            return branches[0 if condition else 1]
        case _:
            return None


def _is_in(item: Expression, items: Expression, binding: Binding) -> bool | None:
    text = _text(item, binding)
    if text is None or items.kind != "list":
        return None
    texts = [_text(part, binding) for part in items.parts]
    return True if text in texts else None if None in texts else False


def _text(expression: Expression, binding: Binding) -> str | None:
    """Return the text that an expression stands for; None if it is not known."""
    match expression.kind:
        case "literal" if expression.text[0] in "'\"" and "\\" not in expression.text:
            return expression.text[1:-1]
        case "name":
            value = None if expression.text in GLOBALS else binding.get(expression.text)
            return value if isinstance(value, str) else None
        case "index":
            path, *index = expression.parts
            segments = binding.get(path.text) if path.kind == "name" else None
            if isinstance(segments, tuple) and len(index) == 1 and index[0].text.isdecimal():
                return dict(enumerate(segments)).get(int(index[0].text))
    return None
