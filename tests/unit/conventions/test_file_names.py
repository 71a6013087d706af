"""File names that occur twice in the package are found, unless the files mirror each other on purpose."""

from pathlib import PurePath

from stoker_tools.conventions.checkout import UNIQUE
from stoker_tools.conventions.file_names import MIRRORING_DIRECTORIES, MIRRORING_FILES, problems, shared_names
from stoker_tools.setup.environment import ROOT

FILES = [path.relative_to(ROOT / UNIQUE) for path in (ROOT / UNIQUE).rglob("*.py")]


def test_a_name_that_occurs_twice_is_named_with_its_files() -> None:
    paths = [PurePath(name) for name in ("video/audio.py", "speech/audio.py", "video/plan.py", "config.py")]
    assert list(problems(paths)) == [
        "functions/stoker/speech/audio.py:1: The name audio.py occurs more than once: speech/audio.py, video/audio.py"
    ]


def test_mirrors_and_packages_may_share_names() -> None:
    names = ("jobs/job.py", "models/job.py", "video/worker.py", "batch/worker.py", "video/outputs/captions.py")
    paths = [PurePath(name) for name in (*names, "speech/captions.py", "jobs/__init__.py", "batch/__init__.py")]
    assert list(problems(paths)) == []


def test_every_exception_is_still_needed() -> None:
    assert shared_names(FILES).keys() >= MIRRORING_FILES.keys()
    assert {path.parent.as_posix() for path in FILES} >= MIRRORING_DIRECTORIES.keys()
