"""The package `stoker` that the wheel of the tools carries."""

import hashlib
import shutil
import sys
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path

from stoker_tools.setup import app_root


def wheel() -> Path:
    """Return the wheel `stoker` that belongs to these tools. In a checkout, it is built first."""
    if (root := app_root.checkout()) is None:
        [found] = app_root.PACKAGED.glob("stoker-*.whl")
        return found
    from stoker_tools.cli.build import built

    return built(root / "packages" / "stoker", root / "dist")


def make_importable() -> None:
    """Let this process import the `stoker` of the version of these tools.

    If the environment has another version or none, it is that of the wheel, unpacked once.
    """
    if installed_version() != app_root.version():
        sys.path.insert(0, str(_unpacked(wheel(), app_root.home())))


def installed_version() -> str | None:
    """Return the version of the package `stoker` in this environment; None if it has none."""
    try:
        return metadata.version("stoker")
    except metadata.PackageNotFoundError:
        return None


def _unpacked(archive: Path, home: Path) -> Path:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:12]
    folder = home / f"stoker-{archive.name.split('-')[1]}-{digest}"
    if not folder.exists():
        home.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=home, prefix="part-"))
        try:
            with zipfile.ZipFile(archive) as files:
                files.extractall(part)
            part.rename(folder)
        except OSError:
            if not folder.exists():  # Otherwise another process was faster, with the same files.
                raise
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder
