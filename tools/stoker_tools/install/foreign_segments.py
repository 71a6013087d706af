"""The paths of rules, and the paths that they match."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RulesSegment:
    """A segment of a path in rules.

    Attributes:
        literal: Its text, such as `users`. None if it is a wildcard.
        name: The wildcard's name.
        is_glob: Whether the wildcard stands for several segments, as `{path=**}` does.
    """

    literal: str | None = None
    name: str = ""
    is_glob: bool = False


Wanted = str | None
"""A segment of a path that must be guarded; None stands for every text."""

Binding = Mapping[str, Wanted | tuple[Wanted, ...]]
"""The values of the wildcards of a path: a segment, or the segments of a wildcard such as `{path=**}`."""


def bindings(pattern: Sequence[RulesSegment], path: Sequence[Wanted], version: int) -> Iterator[Binding]:
    """Yield a binding for each way in which a path of rules can match a path.

    Args:
        pattern: The path in the rules.
        path: The path that is asked for.
        version: The version of the rules' language. In version 1, `{path=**}` stands for one segment at least.

    Example:
        >>> users = (RulesSegment(name="collection"), RulesSegment(name="rest", is_glob=True))
        >>> list(bindings(users, ("users", None), 2))
        [{'collection': 'users', 'rest': (None,)}]
    """
    if not pattern:
        if not path:
            yield {}
        return
    first, rest = pattern[0], pattern[1:]
    if first.is_glob:
        for taken in range(1 if version == 1 else 0, len(path) + 1):
            for binding in bindings(rest, path[taken:], version):
                yield _with(binding, first.name, tuple(path[:taken]))
    elif path and first.literal is None:
        for binding in bindings(rest, path[1:], version):
            yield _with(binding, first.name, path[0])
    elif path and can_be(first.literal, path[0]):
        yield from bindings(rest, path[1:], version)


def _with(binding: Binding, name: str, value: Wanted | tuple[Wanted, ...]) -> Binding:
    # An inner wildcard hides an outer one of the same name.
    return {name: value, **binding}


def can_be(literal: str | None, wanted: Wanted) -> bool:
    """Return whether a segment of rules can match a segment of a path.

    Args:
        literal: The segment in the rules. It may be encoded, such as `%75sers` for `users`.
        wanted: The segment of the path.
    """
    return wanted is None or literal == wanted or "%" in (literal or "")
