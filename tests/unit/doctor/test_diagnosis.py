"""Each finding of `stoker doctor`: it appears for its fact, and no other finding appears."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stoker_tools.deploy.deployed_function import DeployedFunction
from stoker_tools.deploy.grants import with_roles
from stoker_tools.deploy.needs import ROLES
from stoker_tools.doctor.diagnosis import diagnose
from unit.doctor.healthy import ACCOUNT, CORS, NOW, PLACE, REGION, WANTED, healthy, job, policies

Facts = dict[str, Any]

MINUTE = timedelta(minutes=1)
LEFT_OVER = DeployedFunction("old", REGION, codebase="stoker", source_hash="hash")


def findings(facts: Facts, **place: Any) -> list[tuple[str, str]]:
    return [(one.severity, one.code) for one in diagnose(facts, WANTED, replace(PLACE, **place))]


def spoiled(change: Callable[[Facts], object]) -> Facts:
    facts = healthy()
    change(facts)
    return facts


def the_function(**fields: Any) -> Callable[[Facts], None]:
    def change(facts: Facts) -> None:
        facts["functions"][0] = replace(facts["functions"][0], **fields)

    return change


def test_nothing_is_wrong_with_a_healthy_project() -> None:
    assert findings(healthy()) == []
    assert findings({"functions": healthy()["functions"], "sweep": healthy()["sweep"]}, is_suite=True) == []


ERRORS: dict[str, Callable[[Facts], object]] = {
    "functions-missing": lambda facts: facts["functions"].pop(),
    "functions-elsewhere": the_function(region="us-central1"),
    "function-broken": the_function(state="FAILED"),
    "schedule-missing": lambda facts: facts["schedules"].clear(),
    "schedule-account": lambda facts: facts["schedules"][0].update(
        httpTarget={"oidcToken": {"serviceAccountEmail": "firebase-fn-1@acme-prod.iam.gserviceaccount.com"}}
    ),
    "schedule-off": lambda facts: facts["schedules"][0].update(state="PAUSED"),
    "queue-missing": lambda facts: facts["queues"].clear(),
    "queue-off": lambda facts: facts["queues"].update(videoprocessing="PAUSED"),
    "index-missing": lambda facts: facts["indexes"].clear(),
    "index-broken": lambda facts: facts["indexes"][0].update(state="NEEDS_REPAIR"),
    "ttl-missing": lambda facts: facts["fields"][0].pop("ttlConfig"),
    "ttl-broken": lambda facts: facts["fields"][0].update(ttlConfig={"state": "NEEDS_REPAIR"}),
    "role-missing": lambda facts: facts.update(policies=policies(ACCOUNT, *(role.name for role in ROLES[1:]))),
    "no-bucket": lambda facts: facts.update(bucket=None),
    "rules-missing": lambda facts: facts["rules"].pop("firebase.storage"),
    "rules-differ": lambda facts: facts["rules"].update({"cloud.firestore": "allow read, write;"}),
    "sweep-never": lambda facts: facts["sweep"].clear(),
    "sweep-silent": lambda facts: facts["sweep"].update(updatedAt=NOW - 11 * MINUTE),
    "settings-invalid": lambda facts: facts["settings"].update(paused="video-processing"),
    "keyring-damaged": lambda facts: facts.update(keyring="The keyring can't be read: keys: must be a list."),
    "project-stopped": lambda facts: facts["settings"].update(stoppedUntil=NOW + MINUTE),
    "emulator-silent": lambda facts: facts.update(emulators={"storage": "127.0.0.1:9199"}),
    "job-overdue": lambda facts: facts["waiting"].append(job()),
    "lease-lapsed": lambda facts: facts["lapsed"].append(job(lease={"expiresAt": NOW - 6 * MINUTE})),
}

WARNINGS: dict[str, Callable[[Facts], object]] = {
    "function-deploying": the_function(state="DEPLOYING"),
    "functions-mixed": the_function(source_hash="older"),
    "function-left-over": lambda facts: facts["functions"].append(LEFT_OVER),
    "schedule-failing": lambda facts: facts["schedules"][0].update(status={"code": 13}),
    "index-creating": lambda facts: facts["indexes"][0].update(state="CREATING"),
    "ttl-creating": lambda facts: facts["fields"][0].update(ttlConfig={"state": "CREATING"}),
    "role-too-broad": lambda facts: facts.update(policies=policies(ACCOUNT, "roles/editor")),
    "retention": lambda facts: facts.update(bucket=replace(facts["bucket"], retention_days=1)),
    "no-cors": lambda facts: facts.update(bucket=replace(facts["bucket"], cors=())),
    "cors-headers": lambda facts: facts.update(
        bucket=replace(facts["bucket"], cors=({**CORS, "responseHeader": ["Range"]},))
    ),
    "other-version": lambda facts: facts["sweep"].pop("version"),
    "keyring-old": lambda facts: facts.update(keyring=NOW - timedelta(days=401)),
    "type-paused": lambda facts: facts["settings"].update(paused=["video-processing"]),
    "project-near-limit": lambda facts: facts.update(used=(85_000, 0.0)),
    "jobs-failed": lambda facts: facts["failed"].append(job(errorCode="internal", completedAt=NOW - 59 * MINUTE)),
}


@pytest.mark.parametrize("code", [*ERRORS, *WARNINGS])
def test_a_finding_appears_for_its_fact_alone(code: str) -> None:
    severity, change = ("error", ERRORS[code]) if code in ERRORS else ("warning", WARNINGS[code])
    facts = spoiled(change)
    assert findings(facts) == [(severity, code)]
    [found] = diagnose(facts, WANTED, PLACE)
    assert found.message.endswith(".")
    assert found.cure


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_missing_role_is_named_with_its_place_and_its_use(role: Any) -> None:
    [found] = diagnose(roles_of(ACCOUNT, *(one.name for one in ROLES if one != role)), WANTED, PLACE)
    places = {
        "project": "acme-prod",
        "bucket": "acme-prod.firebasestorage.app",
        "account": ACCOUNT,
        "queue": "videoprocessing",
        "service": "sweep-jobs, videoprocessing",
    }
    assert f"lacks {role.name} on {places[role.level]}." in found.message
    assert role.calls in found.message
    assert found.cure == "scripts/deploy --project acme-prod"


def roles_of(account: str, *roles: str) -> Facts:
    """Return a healthy project whose functions run under an account with some roles."""
    facts = healthy()
    facts["functions"] = [replace(one, account=account) for one in facts["functions"]]
    facts["policies"] = policies(account, *roles)
    return facts


def test_a_role_on_the_whole_project_counts_for_everything_in_it() -> None:
    facts = roles_of(ACCOUNT)
    facts["policies"] = {
        one: with_roles({}, [role.name for role in ROLES] if one.level == "project" else [], ACCOUNT)
        for one in facts["policies"]
    }
    assert diagnose(facts, WANTED, PLACE) == []


def test_a_role_under_a_condition_does_not_count() -> None:
    facts = healthy()
    for policy in facts["policies"].values():
        for binding in policy["bindings"]:
            binding["condition"] = {"expression": "request.time < timestamp('2026-01-01T00:00:00Z')"}
    [found] = diagnose(facts, WANTED, PLACE)
    assert f"lacks {len(ROLES)} roles: " in found.message
    assert all(role.name in found.message for role in ROLES)


def test_a_role_that_is_too_broad_is_taken_away_after_a_deployment_has_given_the_others() -> None:
    [found] = diagnose(roles_of(ACCOUNT, "roles/editor"), WANTED, PLACE)
    assert found.cure == (
        "scripts/deploy --project acme-prod && "
        f"gcloud projects remove-iam-policy-binding acme-prod --member=serviceAccount:{ACCOUNT} --role=roles/editor"
    )


def test_a_deployment_takes_the_functions_from_an_account_that_others_share() -> None:
    [found] = diagnose(roles_of("123-compute@developer.gserviceaccount.com", "roles/editor"), WANTED, PLACE)
    assert (found.code, found.cure) == ("role-too-broad", "scripts/deploy --project acme-prod")


def test_with_a_prefix_the_names_that_are_deployed_are_looked_for() -> None:
    prefixed = tuple(replace(one, name=f"acme-{one.name}") for one in WANTED.endpoints)
    wanted = replace(WANTED, endpoints=prefixed, prefix="acme-")
    facts = healthy()
    facts["functions"] = [replace(one, name=f"acme-{one.name}") for one in facts["functions"]]
    schedule = f"firebase-schedule-acme-sweep_jobs-{REGION}"
    facts["schedules"][0]["name"] = f"projects/acme-prod/locations/{REGION}/jobs/{schedule}"
    facts["queues"] = {"acme-videoprocessing": "RUNNING"}
    assert diagnose(facts, wanted, PLACE) == []
    [found] = diagnose(facts | {"sweep": {}}, wanted, PLACE)
    assert "logs read acme-sweep_jobs " in found.cure
    facts["queues"]["acme-videoprocessing"] = "PAUSED"
    [found] = diagnose(facts, wanted, PLACE)
    assert found.cure.startswith("gcloud tasks queues resume acme-videoprocessing ")


def test_jobs_that_are_held_back_or_cancelled_are_not_stuck() -> None:
    held = [job(stage="paused"), job(stage="waiting-for-other-jobs"), job(cancelRequested=True)]
    assert findings(healthy() | {"waiting": held}) == []


@pytest.mark.parametrize("run_after", [NOW - timedelta(hours=9), datetime(2001, 1, 1, tzinfo=UTC)])
def test_a_job_that_was_just_woken_or_that_its_owner_dates_back_is_not_stuck(run_after: datetime) -> None:
    created = NOW - timedelta(hours=9)
    woken = job("woken", NOW - timedelta(seconds=5), createdAt=created, runAfter=run_after)
    assert findings(healthy() | {"waiting": [woken]}) == []
    stuck = job("stuck", NOW - 40 * MINUTE, createdAt=created, runAfter=run_after)
    [found] = diagnose(healthy() | {"waiting": [woken, stuck]}, WANTED, PLACE)
    assert found.message == (
        "The job stuck (video-processing, stage queued) has been due for 40 min, and no worker has begun it."
    )


def test_failures_of_another_hour_are_not_reported() -> None:
    assert findings(healthy() | {"failed": [job(completedAt=NOW - timedelta(hours=2))]}) == []


def test_the_oldest_stuck_job_is_named_and_the_others_are_counted() -> None:
    waiting = [job("new", runAfter=NOW - 20 * MINUTE), job("old", runAfter=NOW - 40 * MINUTE), job("$(reboot)")]
    [found] = diagnose(healthy() | {"waiting": waiting[:2]}, WANTED, PLACE)
    assert found.message == (
        "The job old (video-processing, stage queued) has been due for 40 min, and no worker has begun it; "
        "at least 1 more."
    )
    assert found.cure == "scripts/jobs show old --project acme-prod"
    [found] = diagnose(healthy() | {"waiting": waiting}, WANTED, PLACE)
    assert found.cure == "scripts/jobs show '$(reboot)' --project acme-prod"


def test_errors_come_before_warnings() -> None:
    facts = healthy() | {"sweep": {}, "settings": {"paused": ["video-processing"]}, "bucket": None}
    assert [severity for severity, _ in findings(facts)] == ["error", "error", "warning"]


def test_a_suite_that_has_just_started_is_not_broken() -> None:
    assert findings({"sweep": {}}, is_suite=True) == [("warning", "sweep-never")]
