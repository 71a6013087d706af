"""The things that a project should have are read from the checkout."""

import json
from pathlib import Path
from typing import Any

import pytest

from stoker_tools.doctor.expected import Endpoint, endpoints, expected
from stoker_tools.errors import CommandError
from stoker_tools.setup.environment import ROOT

MANIFEST = {
    "endpoints": {
        "sweep_jobs": {"region": ["{{ params.STOKER_REGION }}"], "scheduleTrigger": {}},
        "videoprocessing": {"region": ["{{ params.STOKER_REGION }}"], "taskQueueTrigger": {}},
        "before_created": {"region": ["{{ params.STOKER_REGION }}"], "blockingTrigger": {}, "omit": "..."},
    }
}


def test_the_parameters_decide_the_region_and_the_blocking_functions() -> None:
    assert endpoints(MANIFEST, "europe-west1", blocking=False) == [
        Endpoint("sweep_jobs", "europe-west1", "schedule"),
        Endpoint("videoprocessing", "europe-west1", "queue"),
    ]
    assert Endpoint("before_created", "us-east1", "client") in endpoints(MANIFEST, "us-east1", blocking=True)


def test_the_names_have_the_prefix_with_which_the_cli_deploys(tmp_path: Path) -> None:
    (tmp_path / "functions" / "stoker").mkdir(parents=True)
    (tmp_path / "functions" / "functions.yaml").write_text(json.dumps(MANIFEST))
    for name in ("functions/main.py", "functions/requirements.txt", "rules", "indexes"):
        (tmp_path / name).write_text("{}")
    configured = {
        "functions": {"source": "functions", "codebase": "stoker", "prefix": "acme"},
        "firestore": {"rules": "rules", "indexes": "indexes"},
        "storage": {"rules": "rules"},
    }
    (tmp_path / "firebase.json").write_text(json.dumps(configured))
    wanted = expected("us-central1", blocking=False, root=tmp_path)
    assert [one.name for one in wanted.endpoints] == ["acme-sweep_jobs", "acme-videoprocessing"]
    assert wanted.prefix == "acme-"


def test_the_rules_are_those_of_the_database_and_the_bucket_of_the_app(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "functions.yaml").write_text(json.dumps(MANIFEST))
    (tmp_path / "api" / "stoker.toml").write_text('database = "app-data"\nbucket = "app-files"\n')
    for name in ("api/main.py", "api/requirements.txt", "theirs", "ours", "files", "indexes"):
        (tmp_path / name).write_text("{}" if name == "indexes" else f"// {name}")
    configured = {
        "functions": {"source": "api", "codebase": "stoker"},
        "firestore": [
            {"database": "(default)", "rules": "theirs", "indexes": "indexes"},
            {"database": "app-data", "rules": "ours", "indexes": "indexes"},
        ],
        "storage": [{"bucket": "others", "rules": "theirs"}, {"bucket": "app-files", "rules": "files"}],
    }
    (tmp_path / "firebase.json").write_text(json.dumps(configured))
    wanted = expected("us-central1", blocking=False, root=tmp_path)
    assert wanted.rules == {"cloud.firestore": "// ours", "firebase.storage": "// files"}
    assert (wanted.database, wanted.bucket) == ("app-data", "app-files")


def test_this_checkout_has_everything() -> None:
    wanted = expected("us-central1", blocking=True)
    assert {"sweep_jobs", "videoprocessing", "before_created"} <= {one.name for one in wanted.endpoints}
    assert wanted.codebase == "stoker"
    assert wanted.rules["cloud.firestore"] == (ROOT / "rules/firestore.rules").read_text()
    assert any(one.get("ttl") for one in wanted.indexes["fieldOverrides"])


@pytest.mark.parametrize(
    ("configured", "sentence"),
    [
        (
            {"functions": {"source": "functions"}, "firestore": {"rules": "r"}},
            "firebase.json has no indexes for firestore",
        ),
        ({"functions": [{"source": "web"}]}, "No entry of functions in firebase.json"),
    ],
)
def test_a_missing_entry_is_named(tmp_path: Path, configured: dict[str, Any], sentence: str) -> None:
    (tmp_path / "functions" / "stoker").mkdir(parents=True)
    (tmp_path / "functions" / "functions.yaml").write_text("endpoints: {}\n")
    (tmp_path / "firebase.json").write_text(json.dumps(configured))
    with pytest.raises(CommandError, match=sentence):
        expected("us-central1", blocking=False, root=tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"firebase\.json is missing"):
        expected("us-central1", blocking=False, root=tmp_path)
