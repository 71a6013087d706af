"""The set-up of a checkout: each place is installed once, and a failed installation is repaired."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stoker_tools.setup.environment import prepare as prepare_places
from stoker_tools.setup.java import java_version
from stoker_tools.setup.place import Place, SetupError, Way


def way(script: str, tool: str = "sh") -> Way:
    return Way(tool, [["sh", "-c", script]])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place that is made at once, like a virtual environment. A file beside it notes each time."""
    path, notes = tmp_path / "place", tmp_path / "notes"
    script = f"mkdir -p {path}/bin && ln -s {sys.executable} {path}/bin/python && echo made >> {notes}"
    return Place(path, ["requirements"], [way(script)])


def prepare(*places: Place) -> None:
    prepare_places(["place"], lambda names: places)


def made(place: Place) -> int:
    """Return how often a place was made."""
    notes = place.path.with_name("notes")
    return notes.read_text().count("made") if notes.exists() else 0


def test_a_place_is_made_once(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(place)
    assert "preparing: place ... 0 s" in capsys.readouterr().err
    prepare(place)
    assert made(place) == 1
    assert not capsys.readouterr().err


def test_a_place_whose_inputs_change_is_made_anew(place: Place) -> None:
    prepare(place)
    (place.path / "of the first").touch()
    changed = Place(place.path, ["other requirements"], place.ways)
    prepare(changed)
    assert made(place) == 2
    assert not (place.path / "of the first").exists()


def test_a_place_that_has_lost_its_interpreter_is_made_anew(place: Place) -> None:
    prepare(place)
    (place.path / "bin" / "python").unlink()
    (place.path / "bin" / "python").symlink_to("/nowhere/python")
    prepare(place)
    assert made(place) == 2
    assert (place.path / "bin" / "python").exists()


def test_a_place_that_links_to_another_is_made_and_the_other_stays_as_it_is(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    place.path.symlink_to(other)
    prepare(place)
    assert not place.path.is_symlink()
    assert not list(other.iterdir())


def test_a_place_whose_removal_was_interrupted_is_made_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(place)
    changed = Place(place.path, ["other requirements"], place.ways)

    def removed_in_part(path: Path) -> None:
        (path / "bin" / "python").unlink()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(shutil, "rmtree", removed_in_part)
    with pytest.raises(SetupError, match="Input/output error"):
        prepare(changed)
    monkeypatch.undo()
    prepare(place)
    assert made(place) == 2, "the first inputs are back, but the place is not whole"


def broken_way(place: Place, tool: str = "sh") -> Way:
    return way(f"mkdir {place.path}; echo no such package; exit 3", tool)


def test_a_failure_is_reported_with_its_output_and_tried_again(place: Place) -> None:
    broken = Place(place.path, place.inputs, [broken_way(place)])
    with pytest.raises(SetupError, match="place could not be installed") as error:
        prepare(broken)
    assert str(error.value).endswith("no such package")
    prepare(place)
    assert made(place) == 1


def test_the_next_way_is_taken_if_one_fails(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(Place(place.path, place.inputs, [broken_way(place, "uv"), *place.ways]))
    assert made(place) == 1
    assert "place: uv failed (no such package). sh is used instead." in capsys.readouterr().err
    prepare(place)
    assert made(place) == 1, "a place that was made by another way is current"


def test_a_helper_is_made_once_and_first(place: Place, tmp_path: Path) -> None:
    helper = Place(tmp_path / "helper", [], [way(f"mkdir {tmp_path}/helper; echo helped >> {tmp_path}/notes")])
    other = Place(tmp_path / "other", [], [way(f"mkdir {tmp_path}/other; echo other >> {tmp_path}/notes")], helper)
    prepare(Place(place.path, place.inputs, place.ways, helper), other)
    assert (tmp_path / "notes").read_text().split() == ["helped", "made", "other"]


def test_a_helper_that_fails_is_reported_and_not_missed(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    helper = Place(place.path.with_name("helper"), [], [way("echo no such helper; exit 3")])
    prepare(Place(place.path, place.inputs, place.ways, helper))
    assert made(place) == 1
    printed = capsys.readouterr().err
    assert "helper could not be installed" in printed
    assert "no such helper" in printed


PREPARE = """
import sys
from pathlib import Path
from stoker_tools.setup import environment
from stoker_tools.setup.place import Place, Way
path, root, script = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
environment.ROOT = root
place = Place(path, ["requirements"], [Way("sh", [["sh", "-c", script]])])
environment.prepare(["place"], lambda names: [place])
"""


@pytest.mark.slow
def test_two_runs_at_once_install_once(tmp_path: Path) -> None:
    path, notes = tmp_path / "place", tmp_path / "notes"
    script = f"mkdir {path}; echo made >> {notes}; sleep 1"
    command = [sys.executable, "-c", PREPARE, str(path), str(tmp_path), script]
    with subprocess.Popen(command) as one, subprocess.Popen(command) as other:
        pass
    assert (one.returncode, other.returncode) == (0, 0)
    assert notes.read_text().split() == ["made"]


def test_the_version_of_java_is_read(tmp_path: Path) -> None:
    home = tmp_path / "jdk"
    (home / "bin").mkdir(parents=True)
    java = home / "bin" / "java"
    java.write_text("""#!/bin/sh\necho 'openjdk version "17.0.15" 2025-04-15' >&2\n""")
    java.chmod(0o755)
    assert java_version(str(java)) == 17
    (home / "release").write_text('IMPLEMENTOR="x"\nJAVA_VERSION="21.0.8"\n')
    assert java_version(str(java)) == 21
    java.write_text("#!/bin/sh\necho 'no Java is installed' >&2; exit 1\n")
    (home / "release").unlink()
    assert java_version(str(java)) == 0
    assert java_version(None) == 0
