"""The most instances of each function: they fit into the budget of processors, and each function has one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stoker import config, registry
from stoker.capacity import RESERVED, Wish, fitted
from stoker_tools.generate.files import MANIFEST
from stoker_tools.setup.environment import ROOT

WISHES = st.dictionaries(st.text(min_size=1), st.builds(Wish, st.integers(1, 200), cpu=st.integers(1, 8)), min_size=1)


@given(WISHES, st.integers(0, 5000))
def test_all_instances_fit_into_the_budget(wishes: dict[str, Wish], beyond: int) -> None:
    budget = RESERVED + sum(wish.cpu for wish in wishes.values()) + beyond
    places = fitted(wishes, budget)
    assert places.keys() == wishes.keys()
    assert all(1 <= places[name] <= wish.instances for name, wish in wishes.items())
    least = {
        name for name in places if places[name] == 1
    }  # An instance that every worker gets may be beyond its share.
    used = sum(places[name] * wish.cpu for name, wish in wishes.items() if name not in least)
    assert RESERVED + used <= budget


def test_a_budget_that_has_no_instance_for_a_worker_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"STOKER_VCPU is 33\. Set it to 34 or more"):
        fitted({"films": Wish(20, cpu=2)}, budget=33)


def test_the_default_budget_shrinks_no_queue() -> None:
    wanted = {queue.name: queue.at_once for job_type in registry.job_types().values() for queue in job_type.queues}
    assert wanted == {"videoprocessing": 20, "audiogeneration": 10, "batchoperation": 20, "accountdeletion": 5}


@pytest.mark.parametrize(("budget", "films"), [("100", 16), ("50", 4), ("1000", 20)])
def test_the_queues_of_a_smaller_budget_have_fewer_places(budget: str, films: int) -> None:
    code = "from stoker import registry; print(registry.queue_of('video-processing').at_once)"
    assert _run(code, STOKER_VCPU=budget).stdout.strip() == str(films)


@pytest.mark.parametrize("budget", ["0", "-5", "many", "1.5", "٣", "20"])
def test_a_budget_that_is_no_number_or_too_small_is_named(budget: str) -> None:
    done = _run("from stoker import registry; registry.job_types()", STOKER_VCPU=budget)
    assert done.returncode == 1
    assert f"STOKER_VCPU is {budget!r}. Set it to" in done.stderr.replace("is 20.", "is '20'.")


def test_the_other_functions_use_what_is_reserved_for_them() -> None:
    endpoints = yaml.safe_load((ROOT / "functions" / MANIFEST).read_text())["endpoints"]
    workers = {queue.name for job_type in registry.job_types().values() for queue in job_type.queues}
    assert all(endpoint["maxInstances"] >= 1 for endpoint in endpoints.values())
    others = [endpoint for name, endpoint in endpoints.items() if name not in workers]
    assert sum(endpoint["cpu"] * endpoint["maxInstances"] for endpoint in others) == RESERVED
    assert sum(endpoint["cpu"] * endpoint["maxInstances"] for endpoint in endpoints.values()) <= config.VCPU


def _run(code: str, **parameters: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **parameters, "PYTHONPATH": str(Path(ROOT, "functions"))}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
