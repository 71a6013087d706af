"""`stoker.toml`: each setting has its effect, and a slip is named with its cure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stoker import app_settings, config
from stoker.app_settings import COLLECTIONS, FEATURES, AppSettings, settings_in, settings_of
from stoker.parameters import ParameterError

FUNCTIONS = Path(__file__).parents[2] / "functions"


def run(folder: Path, code: str, **parameters: str) -> str:
    """Return the output of a Python process in a folder, with Stoker on the path as from a wheel."""
    environment = {**os.environ, **parameters, "PYTHONPATH": str(FUNCTIONS)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_without_a_file_all_names_are_stokers_and_all_features_are_on(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert settings == AppSettings()
    assert [settings.name(one) for one in COLLECTIONS] == [*COLLECTIONS]
    assert all(settings.has(feature) for feature in FEATURES)


def test_every_collection_of_the_configuration_can_be_named() -> None:
    named = {value for name, value in vars(config).items() if name.isupper() and value in COLLECTIONS}
    assert named == {*COLLECTIONS}


def test_the_configuration_takes_the_settings_of_the_folder(tmp_path: Path) -> None:
    text = 'database = "app-data"\nregion = "europe-west1"\nbucket = "acme-files"\nreserved_vcpu = 4\n'
    (tmp_path / "stoker.toml").write_text(
        f'{text}[names]\ntasks = "todoItems"\n[features]\nvideo = false\n', encoding="utf-8"
    )
    code = """
from stoker import capacity, config, features
print(config.TASKS, config.DATABASE, config.REGION, config.bucket(), features.has("video"), capacity.RESERVED)
"""
    assert run(tmp_path, code) == "todoItems app-data europe-west1 acme-files False 36"
    assert run(tmp_path, "from stoker import config; print(config.REGION)", STOKER_REGION="us-east1") == "us-east1"


def test_the_folder_of_the_functions_wins_over_the_current_folder(tmp_path: Path) -> None:
    """A command may be run in the folder of another app."""
    for name in ("here", "app"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "stoker.toml").write_text(f'[names]\ntasks = "of_{name}"\n')
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'app')!r}); from stoker import config; print(config.TASKS)"
    assert run(tmp_path / "here", code) == "of_app"


def test_a_named_database_is_that_of_the_client_and_of_the_triggers(tmp_path: Path) -> None:
    (tmp_path / "stoker.toml").write_text('database = "app-data"\n[names]\ntasks = "todoItems"\n')
    code = """
from stoker import functions
from stoker.firestore.client import client
print(functions.on_task_written.__firebase_endpoint__.eventTrigger["eventFilters"]["database"])
print(functions.on_task_written.__firebase_endpoint__.eventTrigger["eventFilterPathPatterns"]["document"])
print(client().collection("a").document("b")._document_path)
"""
    assert run(tmp_path, code, GCLOUD_PROJECT="demo", FIRESTORE_EMULATOR_HOST="localhost:1").split() == [
        "app-data",
        "todoItems/{taskId}",
        "projects/demo/databases/app-data/documents/a/b",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("names", "stoker.toml can't be read"),
        ("colour = 1", "'colour', which is no setting. Use one of names, features"),
        ("names = 1", "Write a table: [names]"),
        ('[names]\ntask = "a"', "names 'task', which is no collection of Stoker. Use one of processingJobs"),
        ('[names]\ntasks = ""', "tasks = ''. Begin the name with a letter"),
        ('[names]\ntasks = "a/b"', "Begin the name"),
        ('[names]\ntasks = "__tasks__"', "Begin the name"),
        ('[names]\ntasks = "."', "Begin the name"),
        ('[names]\ntasks = "ta\\nsks"', "Begin the name"),
        ("[names]\ntasks = 1", "Begin the name"),
        (f'[names]\ntasks = "{"t" * 101}"', "Begin the name"),
        ('[names]\ntasks = "users"', "gives users and tasks the same name, 'users'"),
        ('[names]\ntasks = "a"\nprojects = "a"', "gives tasks and projects the same name"),
        ("[features]\nfilm = false", "'film', which does not exist. Use one of video"),
        ('[features]\nvideo = "off"', "Set it to true or false"),
        ("[features]\nbatch = false", "switches batch off, which profiles needs"),
        ("[features]\nprofiles = false", "switches profiles off, which progress needs"),
        ("database = 1", "the id of a Firestore database"),
        ('database = "A"', "the id of a Firestore database"),
        ('region = "Europe"', "a region of Cloud Functions"),
        ('bucket = "gs://a"', "without gs://"),
        ("reserved_vcpu = -1", "a whole number of processors"),
        ("reserved_vcpu = true", "a whole number of processors"),
    ],
)
def test_a_slip_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ParameterError) as raised:
        settings_of(text)
    assert sentence in str(raised.value)


@pytest.mark.parametrize("off", [["batch", "profiles", "progress"], [*FEATURES], ["video", "speech"], ["progress"]])
def test_features_are_switched_off_together(off: list[str]) -> None:
    settings = settings_of("[features]\n" + "".join(f"{feature} = false\n" for feature in off))
    assert [feature for feature in FEATURES if not settings.has(feature)] == [one for one in FEATURES if one in off]


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / app_settings.FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(ParameterError, match=r"stoker.toml can't be read"):
        settings_in(tmp_path)
