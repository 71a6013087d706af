"""A feature that is off has no function, queue, rule, index, type, upload, interface of Google or event."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from stoker.app_settings import FEATURES
from stoker_tools.setup.environment import ROOT

pytestmark = pytest.mark.slow

DESCRIBE = """
import json, sys
from pathlib import Path
import main
from stoker import capacity, config, registry
from stoker_tools.generate import documents, files, indexes, inputs, manifest, schemas, typescript, uploads
from stoker_tools.generate.app_rules import region
from stoker_tools.rules_lab.language import parse

root = Path(sys.argv[1])
found = {name: getattr(one, "__firebase_endpoint__", None) for name, one in vars(main).items()}
endpoints = {name: one for name, one in found.items() if one}
others = [one for one in endpoints.values() if not one.taskQueueTrigger]
parts = {**files.document_regions(), "input": inputs.input_functions("input")}
used = [document.collection for document in documents.documents()]
rules = region((root / "rules/firestore.rules").read_text(), parts, names={}, collections=used)
made = json.loads(indexes.indexes())
print(json.dumps({
    "functions": sorted(endpoints),
    "reserved": [sum(one.cpu * one.maxInstances for one in others), capacity.RESERVED],
    "types": sorted(registry.job_types()),
    "matches": [one.path for one in parse(f"service a {{ match /b {{ {rules} }} }}").walk()][2:],
    "rules": rules,
    "indexes": sorted({one["collectionGroup"] for one in [*made["indexes"], *made["fieldOverrides"]]}),
    "typescript": typescript.declarations(),
    "converters": typescript.converters(),
    "schemas": sorted(schemas.schemas()),
    "uploads": uploads.upload_function("isAccepted"),
    "manifest": manifest.manifest(Path.cwd()),
    "trees": [*config.user_trees(), *config.user_documents()],
}))
"""

PARTS = {
    "video": ["videoprocessing", "'video-processing'", "VideoInput", "video-input", "VideoInputFits", "(video|audio)"],
    "speech": ["audiogeneration", "'audio-generation'", "AudioInput", "audio-input", "AudioInputFits", "texttospeech"],
    "batch": [
        "batchoperation",
        "accountdeletion",
        "export interface RunJobs ",
        "RunJobs",
        "run-jobs",
        "BatchInputFits",
        "text/csv",
    ],
    "profiles": ["on_user_created", "before_created", "deleteAccount", "setRole", "/users/", "export interface User "],
    "progress": ["on_task_written", "reconcile_progress", "/completions/", "export interface Completion "],
    "analytics": ["roll_up_events", "/analyticsEvents/", "analyticsSketches", "export interface AnalyticsEvent "],
}
"""Words that occur only if a feature is on."""


@cache
def described(*off: str) -> dict[str, Any]:
    """Return what an app has with some features off."""
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        (folder / "main.py").write_text("from stoker.functions import *\n")
        (folder / "stoker.toml").write_text("[features]\n" + "".join(f"{feature} = false\n" for feature in off))
        environment = {
            **os.environ,
            "PYTHONPATH": f"{folder}:{ROOT / 'functions'}:{ROOT / 'tools'}",
            "STOKER_BLOCKING": "true",
        }
        done = subprocess.run(
            [sys.executable, "-c", DESCRIBE, str(ROOT)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def with_dependents(feature: str) -> tuple[str, ...]:
    """Return a feature, and all features that need it."""
    found = {feature}
    for _ in FEATURES:
        found |= {name for name, needed in FEATURES.items() if found & {*needed}}
    return tuple(sorted(found))


def words_in(found: dict[str, Any], features: Iterable[str]) -> set[str]:
    text = json.dumps(found)
    return {word for feature in features for word in PARTS[feature] if json.dumps(word)[1:-1] in text}


def test_with_all_features_everything_is_there() -> None:
    assert words_in(described(), FEATURES) == {word for words in PARTS.values() for word in words}


@pytest.mark.parametrize("feature", FEATURES)
def test_what_is_off_is_nowhere_and_all_else_is_there(feature: str) -> None:
    off = with_dependents(feature)
    found = described(*off)
    assert words_in(found, off) == set()
    on = [one for one in FEATURES if one not in off]
    assert words_in(found, on) == {word for one in on for word in PARTS[one]}


def test_with_all_features_off_an_apps_own_types_still_have_all_they_need() -> None:
    found = described(*FEATURES)
    assert found["functions"] == [
        "deleteJob",
        "dispatch_job",
        "on_job_deleted",
        "reconcile_outputs",
        "retryJob",
        "sweep_jobs",
    ]
    assert found["types"] == []
    assert found["matches"] == ["/processingJobs/{jobId}", "/adminData/{documentId}"]
    assert found["trees"] == ["processingJobs", "analyticsEvents"], "events from before go with their user"
    assert "&& (false);" in found["uploads"]


@pytest.mark.parametrize("off", [(), *(with_dependents(feature) for feature in FEATURES), tuple(FEATURES)])
def test_the_reserved_processors_are_those_of_the_functions_that_are_there(off: tuple[str, ...]) -> None:
    used, reserved = described(*off)["reserved"]
    assert used == reserved
