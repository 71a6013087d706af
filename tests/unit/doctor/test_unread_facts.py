"""Each reason for which facts can't be read is one cause: each API silent, refused or off, the login, and roles."""

import re

import pytest

from stoker_tools.doctor.fact_sources import SOURCES
from stoker_tools.doctor.unread_facts import Unread
from unit.doctor.healthy import REGION
from unit.doctor.one_cause import DOCUMENTS, STUCK, codes, only, unread

FIRESTORE = [name for name, source in SOURCES.items() if source.api == "firestore.googleapis.com"]
APIS = sorted({source.api for source in SOURCES.values()})
DENIED = "The caller does not have permission"
OFF = "Any API has not been used in project 1 before or it is disabled."
QUOTA = (
    "Caller does not have required permission to use project acme-prod. Grant the caller the "
    "roles/serviceusage.serviceUsageConsumer role, or a custom role with the serviceusage.services.use permission."
)


def of_api(api: str) -> list[str]:
    return [name for name, source in SOURCES.items() if source.api == api]


@pytest.mark.parametrize("api", APIS)
def test_an_api_that_is_silent_is_one_cause(api: str) -> None:
    found = only(unread(of_api(api), "Deadline exceeded"))
    assert found.code == "no-answer"
    assert found.message == f"{api} does not answer: Deadline exceeded."
    assert codes(found) == {f"unread-{name}" for name in of_api(api)}


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_an_api_that_can_not_serve_is_silent_too(status: int) -> None:
    assert only(unread(FIRESTORE, "Internal error encountered", status)).code == "no-answer"


def test_if_nothing_answers_the_network_is_the_cause() -> None:
    found = only(unread(list(SOURCES), "No answer came within 7 s."))
    assert (found.code, found.cure) == ("no-answer", "Check the network, and try again in a minute.")
    assert len(found.follows) == len(SOURCES)


@pytest.mark.parametrize("api", APIS)
def test_an_api_that_is_off_is_one_cause_with_the_command_that_enables_it(api: str) -> None:
    # Each function that needs the API fails then, so jobs wait.
    found = only(
        unread(of_api(api), OFF, 403) | {name: fact for name, fact in STUCK.items() if name not in of_api(api)}
    )
    assert (found.code, found.message) == ("apis-off", f"The API {api} is off.")
    assert found.cure == f"gcloud services enable {api} --project=acme-prod"


def test_apis_that_are_off_are_enabled_by_one_command_and_google_names_them() -> None:
    tasks = f"{OFF} Enable it by visiting https://console.developers.google.com/apis/api/cloudtasks.googleapis.com/any"
    found = only(unread(["rules"], tasks, 403) | {"schedules": Unread(OFF, 403)})
    assert found.cure == (
        "gcloud services enable cloudscheduler.googleapis.com cloudtasks.googleapis.com --project=acme-prod"
    )


@pytest.mark.parametrize("name", SOURCES)
def test_a_fact_that_may_not_be_read_is_named_with_the_permission_and_the_role(name: str) -> None:
    found = only(unread([name], DENIED, 403))
    assert (found.severity, found.code, codes(found)) == ("error", "may-not-read", {f"unread-{name}"})
    assert SOURCES[name].permission in found.message
    assert found.cure.endswith(f"--role={SOURCES[name].role}")


def test_without_any_role_the_roles_that_suffice_are_given_at_once() -> None:
    found = only(unread(list(SOURCES), DENIED, 403))
    assert found.message.startswith(
        "The project acme-prod does not exist, or your account may not read the functions, "
    )
    assert re.findall(r"--role=(\S+)", found.cure) == ["roles/viewer", "roles/browser", "roles/storage.bucketViewer"]


def test_another_permission_that_google_names_is_asked_for() -> None:
    message = "Permission 'cloudtasks.queues.getIamPolicy' denied on resource 'projects/acme-prod/locations/a/queues/b'"
    found = only(unread(["policies"], message, 403))
    assert found.cure == (
        "Ask an owner of acme-prod for a role with these permissions: cloudtasks.queues.getIamPolicy."
    )


def test_a_caller_without_the_quota_of_the_project_gets_the_role_for_that() -> None:
    found = only(unread(list(SOURCES), QUOTA, 403))
    assert found.code == "quota-refused"
    assert found.cure.endswith("--role=roles/serviceusage.serviceUsageConsumer")


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("Request had invalid authentication credentials.", 401),
        ("Getting metadata from plugin failed with error: ('invalid_grant: Bad Request', {})", 503),
        ("Reauthentication is needed. Please run `gcloud auth application-default login` to reauthenticate.", 503),
    ],
)
def test_a_login_that_has_expired_is_one_cause(message: str, status: int) -> None:
    found = only(unread(list(SOURCES), message, status))
    assert (found.code, found.cure) == ("login-expired", "npx firebase-tools login --reauth")


def test_a_project_without_billing_is_one_cause() -> None:
    found = only(unread(["functions", "queues"], "This API method requires billing to be enabled.", 403) | STUCK)
    assert found.code == "billing-off"
    assert {"unread-functions", "unread-queues", "sweep-silent", "job-overdue"} <= codes(found)


def test_a_project_without_a_database_is_one_cause() -> None:
    message = "The database (default) does not exist for project acme-prod"
    found = only(unread(DOCUMENTS, message, 404) | {"indexes": [], "fields": []})
    assert found.code == "no-database"
    assert f"firestore:databases:create '(default)' --location {REGION}" in found.cure
    assert {"index-missing", "ttl-missing"} <= codes(found)


def test_a_query_without_its_index_is_mended_by_a_deployment_of_the_indexes() -> None:
    facts = unread(["failed"], "The query requires an index. You can create it here.", 400)
    cure = "npx firebase-tools deploy --only firestore:indexes --project acme-prod"
    assert (only(facts).code, only(facts).cure) == ("index-needed", cure)
    missing = only(facts | {"indexes": []})
    assert (missing.code, missing.cure, codes(missing)) == ("index-missing", cure, {"index-needed", "unread-failed"})


def test_an_answer_of_another_kind_stays_a_finding_of_its_fact() -> None:
    found = only(unread(["rules"], "The request is not valid", 400))
    assert (found.code, found.follows) == ("unread-rules", ())
