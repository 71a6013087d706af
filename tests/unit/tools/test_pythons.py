"""The search for a Python of a given version."""

from pathlib import Path

import pytest

from stoker_tools.setup.environment import prepare
from stoker_tools.setup.place import SetupError
from stoker_tools.setup.pythons import find

PYTHON = "#!/bin/sh\necho /real/python9.9; echo {version}\n"


def put(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(script)
    path.chmod(0o755)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but a shell."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_python_on_the_path_is_found(home: Path) -> None:
    assert find("9.9") is None
    put(home / "bin/python9.9", PYTHON.format(version="9.9"))
    assert find("9.9") == Path("/real/python9.9")


def test_a_python_that_a_version_manager_keeps_is_found(home: Path) -> None:
    put(home / "bin/python9.9", "#!/bin/sh\necho the shim runs elsewhere >&2; exit 127\n")
    assert find("9.9") is None
    put(home / ".local/share/uv/python/cpython-9.9.1-linux/bin/python9.9", PYTHON.format(version="9.9"))
    assert find("9.9") == Path("/real/python9.9")


def test_a_command_that_is_another_version_is_not_used(home: Path) -> None:
    put(home / "bin/python9.9", PYTHON.format(version="9.8"))
    assert find("9.9") is None


def test_a_missing_python_is_reported_with_what_to_do() -> None:
    with pytest.raises(SetupError, match=r"Python 9\.9 is missing: install it"):
        prepare([".venv-9.9"])
