"""Every entry of the registry can be deployed, and all that it names exists."""

import inspect
import json
import re
import subprocess
import sys
from typing import Any, get_type_hints

import pytest

from stoker import registry
from stoker.registry import JobType
from stoker_tools.generate.fields import models_in
from stoker_tools.setup.environment import ROOT

TYPES = list(registry.job_types().values())

each_type = pytest.mark.parametrize("job_type", TYPES, ids=lambda job_type: job_type.name)

CALL_EACH_FUNCTION = """
import inspect, json, main
from stoker import registry, task_functions
ran = []
task_functions.run_task = lambda job_type, request: ran.append((job_type, request))
for job_type in registry.job_types().values():
    for queue in job_type.queues:
        inspect.unwrap(getattr(main, queue.name))(f"task for {queue.name}")
print(json.dumps(ran))
"""


@each_type
def test_its_name_makes_the_name_of_a_queue(job_type: JobType) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", job_type.name)
    assert all(re.fullmatch(r"[a-z][a-z0-9]{0,62}", queue.name) for queue in job_type.queues)


def test_no_two_types_share_a_name_or_a_queue() -> None:
    assert len({job_type.name for job_type in TYPES}) == len(TYPES)
    queues = [queue.name for job_type in TYPES for queue in job_type.queues]
    assert len(set(queues)) == len(queues)


@each_type
def test_its_worker_takes_its_input(job_type: JobType) -> None:
    loaded: Any = registry.load(job_type.input)
    assert list(models_in(loaded))
    worker = registry.load(job_type.worker)
    run, job_input = inspect.signature(worker).parameters
    hints = get_type_hints(worker, include_extras=True)
    assert hints[run].__name__ == "JobContext"
    assert hints[job_input] == loaded


@each_type
def test_it_has_a_stage_for_what_its_worker_does(job_type: JobType) -> None:
    assert job_type.stages
    assert len(set(job_type.stages)) == len(job_type.stages)


def test_each_function_of_main_runs_its_own_type() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALL_EACH_FUNCTION], cwd=ROOT / "functions", capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [
        [job_type.name, f"task for {queue.name}"] for job_type in TYPES for queue in job_type.queues
    ]
