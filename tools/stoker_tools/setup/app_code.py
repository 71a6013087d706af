"""The app's own code: its `main.py`, which registers the app's types of jobs, documents and queries."""

import ast
import sys
from importlib import import_module
from pathlib import Path


class AppCodeError(RuntimeError):
    """The app's `main.py` can't be imported. The message names the file and the error."""


def load(folder: Path) -> None:
    """Import the app's `main.py`, so that this process knows what the app registers.

    A `main.py` that only imports Stoker's functions registers nothing. It is not imported, because that takes a third
    of a second.

    Args:
        folder: The folder that holds `main.py`.

    Raises:
        AppCodeError: The file can't be imported.
    """
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    file = folder / "main.py"
    try:
        if not file.exists() or _only_imports(ast.parse(file.read_text())):
            return
        import_module("main")
    except ModuleNotFoundError as error:
        reason = f"{file} can't be imported, because this environment has no module {error.name!r}."
        raise AppCodeError(
            f"{reason} Import it inside the function that needs it, which also starts faster."
        ) from error
    except (Exception, SystemExit) as error:  # The app's code may raise anything.
        raise AppCodeError(f"{file} can't be imported: {type(error).__name__}: {error}") from error


def _only_imports(tree: ast.Module) -> bool:
    """Return whether a file holds nothing but a docstring and an import of Stoker's functions."""
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    return all(isinstance(node, ast.ImportFrom) and node.module == "stoker.functions" for node in body)
