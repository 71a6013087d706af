"""The twin of Google: it refuses as Google does, and reports calls that it does not know."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stoker_tools.deploy.google import Google as Client
from stoker_tools.deploy.google import GoogleRefusal
from stoker_tools.errors import CommandError
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


@pytest.fixture
def client(twin: Google) -> Client:
    """A client of the twin."""
    return Client(twin.world.project, "token")


def test_it_answers_for_the_hosts_of_google(client: Client) -> None:
    assert client.get(f"cloudbilling.googleapis.com/v1/{PROJECT}/billingInfo")["billingEnabled"] is True
    assert client.get(f"cloudtasks.googleapis.com/v2/{PROJECT}/locations/us-central1/queues/none") is None


def test_a_missing_permission_is_named(twin: Google, client: Client) -> None:
    twin.world.denied.add("resourcemanager.projects.setIamPolicy")
    with pytest.raises(GoogleRefusal, match=r"'resourcemanager\.projects\.setIamPolicy' denied") as refused:
        client.call("POST", f"{POLICY}:setIamPolicy", {"policy": twin.world.policy})
    assert (refused.value.status, refused.value.reason) == (403, "PERMISSION_DENIED")
    assert twin.world.writes() == []


def test_an_api_that_is_off_is_named(twin: Google, client: Client) -> None:
    twin.world.off.add("cloudtasks.googleapis.com")
    with pytest.raises(GoogleRefusal, match=r"cloudtasks\.googleapis\.com has not been used in project 123456789012"):
        client.get(f"cloudtasks.googleapis.com/v2/{PROJECT}/locations/us-central1/queues")


def test_an_old_policy_does_not_replace_a_new_one(client: Client) -> None:
    read = client.call("POST", f"{POLICY}:getIamPolicy", {})
    changed = {**read, "bindings": [{"role": "roles/viewer", "members": ["user:ann@example.com"]}]}
    client.call("POST", f"{POLICY}:setIamPolicy", {"policy": changed})
    with pytest.raises(GoogleRefusal, match="concurrent policy changes"):
        client.call("POST", f"{POLICY}:setIamPolicy", {"policy": read})
    assert client.call("POST", f"{POLICY}:getIamPolicy", {})["bindings"] == changed["bindings"]


def test_a_call_that_it_does_not_know_is_reported(twin: Google, client: Client) -> None:
    with pytest.raises(GoogleRefusal, match="does not know GET run"):
        client.get(f"run.googleapis.com/v9/{PROJECT}")
    with pytest.raises(CommandError):
        client.get("example.com/")
    assert twin.world.unknown == [f"GET run.googleapis.com/v9/{PROJECT}", "CONNECT example.com:443"]
