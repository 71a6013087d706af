"""The tree of errors that the module's docstring draws is the tree of the classes."""

import re
from collections.abc import Iterator
from pathlib import Path

from stoker import errors
from stoker.errors import StokerError

CLASS = re.compile(r"^class (\w+)\((\w+)\):", re.MULTILINE)

LINE = re.compile(r"(?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+)\s*(?P<text>.*)")
"""A line of the drawing. Each level of the tree has a branch of four characters."""


def drawn() -> Iterator[tuple[str, str, str]]:
    """Yield the name of each class in the drawing, the name of its parent, and the text beside it."""
    above: list[str] = []
    drawing = (errors.__doc__ or "").split("\n\n")[1]
    for line in drawing.splitlines():
        found = LINE.fullmatch(line)
        assert found is not None, line
        level = len(found["branch"]) // 4
        above = [*above[:level], found["name"]]
        yield found["name"], above[-2] if level else "Exception", found["text"]


def tree(kind: type[Exception]) -> Iterator[type[Exception]]:
    """Yield a class, and then the classes below it, in the order of their definitions."""
    yield kind
    for below in kind.__subclasses__():
        if below.__module__.startswith(errors.__name__):
            yield from tree(below)


def test_the_drawing_shows_each_class_below_its_parent() -> None:
    # A module of the errors has the classes below its root in the order of the drawing, but the modules have no order.
    assert sorted((name, parent) for name, parent, _ in drawn()) == sorted(
        (kind.__name__, kind.__bases__[0].__name__) for kind in tree(StokerError)
    )


def test_no_other_module_has_an_error_of_the_tree() -> None:
    names = {kind.__name__ for kind in tree(StokerError)}
    others = [
        f"{file}: {child}"
        for file in sorted(Path(errors.__file__).parents[1].rglob("*.py"))
        if file.parent != Path(errors.__file__).parent
        for child, parent in CLASS.findall(file.read_text())
        if parent in names
    ]
    assert others == []


def test_the_drawing_names_the_code_of_each_class_that_can_be_raised() -> None:
    raised = {name: text.split()[0] for name, parent, text in drawn() if parent not in ("Exception", "StokerError")}
    assert raised == {name: getattr(errors, name).code for name in raised}


def test_each_class_has_a_code_of_its_own() -> None:
    codes = [kind.__dict__["code"] for kind in vars(errors).values() if isinstance(kind, type) and "code" in vars(kind)]
    shared = {code for code in codes if codes.count(code) > 1}
    # `InternalError` has the code of an error without a class, and `NearlyDone` becomes `DeadlineExceeded` in the end.
    assert shared == {"internal", "deadline-exceeded"}
