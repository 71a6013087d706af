"""A type of job of an app's own code, as docs/add-a-job-type.md says, has its queue, rules, types and schemas."""

import json
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest

from stoker_tools.setup.environment import ROOT

pytestmark = pytest.mark.slow

USE = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import main
from stoker_tools.generate.files import made_files
from stoker import registry
from stoker.errors import InvalidJob
from stoker.jobs.job import check_job

endpoint = main.wordcount.__firebase_endpoint__
job = {
    "id": "j", "userId": "ada", "type": "word-count", "input": {"text": "one two"}, "status": "pending",
    "createdAt": datetime.now(UTC),
}
try:
    check_job("j", {**job, "input": {"text": 5}})
except InvalidJob as error:
    refused = error.message
uploaded = {}
def upload(file, content_type, check):
    uploaded[file.name] = file.read_text()
    return f"job-outputs/{file.name}", "0" * 64
reported = []
run = SimpleNamespace(
    workspace=Path(sys.argv[2]), outputs=SimpleNamespace(upload=upload), check=None,
    report=lambda progress, stage: reported.append(stage),
)
worker = registry.load(registry.job_types()["word-count"].worker)
output = worker(run, check_job("j", job).input)
print(json.dumps({
    "made": {str(path): text for path, text in made_files(Path(sys.argv[1])).items()},
    "memory": endpoint.availableMemoryMb,
    "atOnce": endpoint.taskQueueTrigger["rateLimits"]["maxConcurrentDispatches"],
    "queue": registry.queue_of("word-count").name,
    "refused": refused,
    "uploaded": uploaded,
    "reported": reported,
    "stages": registry.job_types()["word-count"].stages,
    "kinds": [file.kind for file in output.files],
}))
"""


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The generated files of a copy of the project with the job type of the page."""
    copy = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__", "venv")
    for part in ("functions", "tools", "rules", "clients"):
        shutil.copytree(ROOT / part, copy / part, ignore=ignored)
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", (ROOT / "docs/add-a-job-type.md").read_text(), re.DOTALL)
    for name, code in blocks:
        file = copy / name
        file.write_text(f"{file.read_text()}\n\n{code}" if file.exists() else code)
    workspace = tmp_path_factory.mktemp("workspace")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE, str(copy), str(workspace)],
        cwd=copy / "functions",
        env={"PYTHONPATH": f"{copy}/functions:{copy}/tools", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "touched": [name for name, _ in blocks]}


def test_no_file_of_stoker_is_touched(added: dict[str, Any]) -> None:
    assert added["touched"] == ["functions/words_input.py", "functions/word_count.py", "functions/main.py"]


def test_it_has_a_queue(added: dict[str, Any]) -> None:
    # It asks for 20 places. All queues get fewer, because the budget of processors is for all of them.
    assert (added["queue"], added["memory"], added["atOnce"]) == ("wordcount", 512, 16)
    assert "\nwordcount:\n  invoker: cloud-tasks\n" in added["made"]["rules/functions.rules"]
    assert "  wordcount:\n" in added["made"]["functions/functions.yaml"]


def test_its_input_is_read_and_worked_on(added: dict[str, Any]) -> None:
    assert "input.text: must be text" in added["refused"]
    assert (added["uploaded"], added["kinds"]) == ({"words.json": '{"words": 2}'}, ["words"])
    assert added["reported"] == added["stages"]


def test_the_rules_let_it_in(added: dict[str, Any]) -> None:
    rules = " ".join(added["made"]["rules/firestore.rules"].split())
    types = "[ 'video-processing', 'audio-generation', 'batch-operation', 'word-count' ]"
    assert f"job.type in {types}" in rules
    assert f"paused.hasOnly({types})" in rules
    assert "type == 'batch-operation' ? batchInputFits(input) : wordsInputFits(input);" in rules
    assert "function wordsInputFits(input) {" in rules


def test_typescript_has_it(added: dict[str, Any]) -> None:
    types = added["made"]["clients/typescript/stoker.d.ts"]
    assert "type: 'video-processing' | 'audio-generation' | 'batch-operation' | 'word-count';" in types
    assert "export interface WordsInput {" in types
    assert re.search(r"export type JobInput = .*\| WordsInput;", types)


def test_a_batch_may_contain_it(added: dict[str, Any]) -> None:
    children = json.loads(added["made"]["clients/json-schema/run-jobs.json"])["$defs"]["ChildInput"]
    assert children["properties"]["type"]["enum"] == ["video-processing", "audio-generation", "word-count"]


def test_its_json_schema_is_made(added: dict[str, Any]) -> None:
    made = {name: json.loads(text) for name, text in added["made"].items() if name.endswith(".json")}
    job = made["clients/json-schema/processing-job.json"]
    assert job["properties"]["type"]["enum"][-1] == "word-count"
    assert made["clients/json-schema/words-input.json"]["properties"]["text"]["maxLength"] == 100_000
