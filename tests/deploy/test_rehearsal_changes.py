"""`firebase deploy` after a change: of one source file, of the region, or of the project."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.checkouts import Checkout
from stoker_tools.doctor.place import Place
from twin.proxy import Google

pytestmark = pytest.mark.soak


@pytest.fixture
def before(google: Google, scratch: Path, checkout: Checkout) -> set[str]:
    """The functions that are deployed already."""
    assert checkout.deploy(google, scratch, "--force").code == 0
    return google.world.ids()


def test_a_changed_file_updates_every_function(
    google: Google, scratch: Path, checkout: Checkout, before: set[str]
) -> None:
    checkout.replace("functions/stoker/languages.py", '"""Tags of languages', '"""The tags of languages')
    run = checkout.deploy(google, scratch)
    assert run.code == 0, run.output
    assert run.output.count("Successful update operation") == len(before)
    assert google.world.ids() == before
    assert len(google.world.sources) == 2


def test_another_region_needs_force_because_the_old_functions_are_deleted(
    google: Google, scratch: Path, checkout: Checkout, before: set[str]
) -> None:
    checkout.replace("functions/.env", "STOKER_REGION=us-central1", "STOKER_REGION=europe-west1")
    refused = checkout.deploy(google, scratch)
    assert refused.code == 1, refused.output
    assert "found in your project but do not exist in your local source code" in refused.error
    assert google.world.ids("us-central1") == before
    moved = checkout.deploy(google, scratch, "--force")
    assert moved.code == 0, moved.output
    assert google.world.ids("europe-west1") == before
    assert google.world.ids("us-central1") == set()
    # The CLI deletes no queue: it disables those of the old region.
    states = {name.split("/")[3]: queue["state"] for name, queue in google.world.queues.items()}
    assert states == {"us-central1": "DISABLED", "europe-west1": "RUNNING"}


def test_the_doctors_cure_makes_a_schedule_and_a_queue_again_that_a_deployment_skips(
    google: Google, scratch: Path, checkout: Checkout, before: set[str]
) -> None:
    world = google.world
    place = Place(world.project, "us-central1", datetime.now(UTC))
    schedule = next(name for name in world.schedules if "-sweep_jobs-" in name)
    queue = next(name for name in world.queues if name.endswith("/videoprocessing"))
    del world.schedules[schedule], world.queues[queue]
    again = checkout.deploy(google, scratch, "--force")
    assert "Skipped (No changes detected)" in again.output
    assert (schedule in world.schedules, queue in world.queues) == (False, False)
    cure = place.deploy_again("stoker", ["sweep_jobs", "videoprocessing"])
    cured = checkout.firebase(google, scratch, *cure.removeprefix("npx firebase-tools ").split())
    assert cured.code == 0, cured.output
    assert (schedule in world.schedules, queue in world.queues) == (True, True)
