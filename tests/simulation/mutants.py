"""Mutants: wrong decisions of the engine, which the simulation must notice.

A mutant is a change of a module's source text. The changed functions replace the code of those that run, wherever they
were imported.
"""

import importlib
import inspect
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any
from unittest import mock

PLAIN = (str, int, float, tuple, dict, frozenset)


@dataclass(frozen=True)
class Mutant:
    """A wrong decision.

    Attributes:
        name: What is wrong.
        module: The module below `stoker`.
        old: Text of the module, which occurs once.
        new: The text in its place.
        noticed_by: The invariants that may notice it.
        rare: Whether the first twenty worlds do not notice it. Such a mutant takes up to a minute.
    """

    name: str
    module: str
    old: str
    new: str
    noticed_by: tuple[str, ...]
    rare: bool = False

    def __str__(self) -> str:
        return self.name


@contextmanager
def applied(mutant: Mutant) -> Iterator[None]:
    """Let the engine make the wrong decision while the block runs.

    Raises:
        ValueError: The mutant's text is not in the module, or more than once.
    """
    module = importlib.import_module(f"stoker.{mutant.module}")
    source = inspect.getsource(module)
    if source.count(mutant.old) != 1:
        raise ValueError(
            f"{mutant.name}: the text is {source.count(mutant.old)} times in {mutant.module}: {mutant.old}"
        )
    changed = ModuleType(module.__name__)
    code = compile(source.replace(mutant.old, mutant.new), str(module.__file__), "exec")
    # Dataclasses look their module up by its name.
    with mock.patch.dict(sys.modules, {module.__name__: changed}):
        exec(code, changed.__dict__)
    with ExitStack() as stack:
        _replace(stack, module, changed)
        yield


def _replace(stack: ExitStack, module: ModuleType, changed: ModuleType) -> None:
    for name, old in list(vars(module).items()):
        new = vars(changed).get(name)
        if isinstance(old, FunctionType) and old.__module__ == module.__name__:
            _replace_code(stack, old, new)
        elif isinstance(old, type) and old.__module__ == module.__name__:
            for member, method in list(vars(old).items()):
                _replace_code(stack, method, vars(new).get(member))
        elif not name.startswith("__") and _is_data(old) and old != new:
            _replace_everywhere(stack, name, old, new)


def _replace_code(stack: ExitStack, old: Any, new: Any) -> None:
    old, new = (getattr(one, "__func__", one) for one in (old, new))
    old, new = (getattr(one, "__wrapped__", one) for one in (old, new))
    if isinstance(old, FunctionType) and isinstance(new, FunctionType) and old.__code__ != new.__code__:
        stack.callback(setattr, old, "__code__", old.__code__)
        old.__code__ = new.__code__


def _is_data(value: Any) -> bool:
    return isinstance(value, PLAIN) or type(value).__name__ == "timedelta"


def _replace_everywhere(stack: ExitStack, name: str, old: Any, new: Any) -> None:
    for other in list(sys.modules.values()):
        if getattr(other, "__name__", "").startswith("stoker.") and vars(other).get(name) is old:
            stack.enter_context(mock.patch.object(other, name, new))
