"""The twin of Google: it refuses as Google does, and reports calls that it does not know."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from twin.google_world import World
from twin.proxy import Google, started

PROJECT = "projects/acme-prod"
POLICY = f"cloudresourcemanager.googleapis.com/v1/{PROJECT}"


@pytest.fixture
def twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    """The twin, to which the calls of this process go."""
    with started(World(), tmp_path) as running:
        for name, value in running.environment(tmp_path).items():
            monkeypatch.setenv(name, value)
        yield running


def asked(method: str, address: str, body: Any = None) -> tuple[int, Any]:
    """Ask the twin; return the status and the answer."""
    answer = requests.request(method, f"https://{address}", json=body, timeout=10)
    return answer.status_code, answer.json()


def refusal(method: str, address: str, body: Any = None) -> tuple[int, str]:
    """Ask the twin for something that it refuses; return the status and the sentence."""
    status, answer = asked(method, address, body)
    assert answer["error"]["code"] == status
    return status, str(answer["error"]["message"])


def test_it_answers_for_the_hosts_of_google(twin: Google) -> None:
    assert asked("GET", f"cloudbilling.googleapis.com/v1/{PROJECT}/billingInfo")[1]["billingEnabled"] is True
    name = f"{PROJECT}/locations/us-central1/queues/none"
    assert refusal("GET", f"cloudtasks.googleapis.com/v2/{name}") == (404, f"Resource '{name}' was not found")


def test_a_missing_permission_is_named(twin: Google) -> None:
    twin.world.denied.add("resourcemanager.projects.setIamPolicy")
    status, message = refusal("POST", f"{POLICY}:setIamPolicy", {"policy": twin.world.policy})
    assert status == 403
    assert "'resourcemanager.projects.setIamPolicy' denied" in message
    assert twin.world.writes() == []


def test_an_api_that_is_off_is_named(twin: Google) -> None:
    twin.world.off.add("cloudtasks.googleapis.com")
    status, message = refusal("GET", f"cloudtasks.googleapis.com/v2/{PROJECT}/locations/us-central1/queues")
    assert status == 403
    assert message.startswith("cloudtasks.googleapis.com has not been used in project 123456789012 before")


def test_an_old_policy_does_not_replace_a_new_one(twin: Google) -> None:
    _, read = asked("POST", f"{POLICY}:getIamPolicy")
    changed = {**read, "bindings": [{"role": "roles/viewer", "members": ["user:ann@example.com"]}]}
    assert asked("POST", f"{POLICY}:setIamPolicy", {"policy": changed})[0] == 200
    assert refusal("POST", f"{POLICY}:setIamPolicy", {"policy": read})[0] == 409
    assert asked("POST", f"{POLICY}:getIamPolicy")[1]["bindings"] == changed["bindings"]


def test_a_call_that_it_does_not_know_is_reported(twin: Google) -> None:
    assert refusal("GET", f"run.googleapis.com/v9/{PROJECT}")[0] == 501
    with pytest.raises(requests.exceptions.ProxyError):
        asked("GET", "example.com/")
    assert twin.world.unknown == [f"GET run.googleapis.com/v9/{PROJECT}", "CONNECT example.com:443"]
