"""Each cause is reported once, first, and with one cure; what follows from it is folded into it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from stoker_tools.deploy.findings import Finding, as_text
from stoker_tools.doctor.causes import EFFECTS, RANKS, folded
from stoker_tools.doctor.diagnosis import diagnose
from stoker_tools.doctor.expected import Endpoint
from stoker_tools.doctor.unread_facts import Unread
from unit.doctor.healthy import NOW, PLACE, REGION, WANTED, healthy, job
from unit.doctor.one_cause import DOCUMENTS, STUCK, Facts, codes, only, unread


def test_a_cause_stands_before_its_effects_in_the_table() -> None:
    last = len(RANKS)
    wrong = [
        (cause, effect)
        for cause, effects in EFFECTS.items()
        for effect in effects.always | effects.of_the_same
        if RANKS.get(effect, last) < RANKS[cause]
    ]
    assert wrong == []


def test_the_effects_of_effects_follow_from_the_first_cause() -> None:
    off = Finding("schedule-off", "It is off.", "Resume it.", names=("sweep_jobs",))
    silent = Finding("sweep-silent", "No sweep.", "Read the log.", names=("sweep_jobs",))
    overdue = Finding("job-overdue", "A job waits.", "Look at it.", names=("videoprocessing",))
    assert folded([overdue, silent, off]) == [replace(off, follows=(silent, overdue))]
    assert folded([overdue, silent]) == [replace(silent, follows=(overdue,))]


def test_a_warning_with_an_error_among_its_effects_is_an_error() -> None:
    making = Finding("index-creating", "It is being made.", "Wait.", "warning")
    needed = Finding("index-needed", "A query has no index.", "Deploy.")
    assert [one.severity for one in folded([needed, making])] == ["error"]


def test_the_text_says_how_many_findings_follow() -> None:
    more = tuple(
        Finding(code, "A sentence.", "A cure.") for code in ("queue-missing", "rules-missing", "rules-missing")
    )
    assert as_text([Finding("not-deployed", "Nothing is there.", "Deploy.", follows=more)]) == (
        "error    not-deployed: Nothing is there.\n"
        "         Deploy.\n"
        "         3 findings follow from it: queue-missing, rules-missing."
    )
    assert as_text([Finding("a", "B.", "C.", follows=more[:1])]).endswith("1 finding follows from it: queue-missing.")


def test_the_json_has_everything_that_follows() -> None:
    found = only(unread(DOCUMENTS, "Deadline exceeded"))
    assert [one["names"] for one in found.as_json()["follows"]] == [(name,) for name in DOCUMENTS]
    assert all(one["message"] and one["cure"] for one in found.as_json()["follows"])


def nothing_deployed() -> Facts:
    return (
        healthy()
        | STUCK
        | {
            "functions": [],
            "schedules": [],
            "queues": {},
            "indexes": [],
            "fields": [],
            "rules": {},
            "sweep": {},
        }
    )


def test_functions_that_were_never_deployed_are_one_cause() -> None:
    found = only(nothing_deployed())
    assert found.code == "not-deployed"
    assert found.cure == "scripts/deploy --project acme-prod    # or name another project with --project"
    assert found.names == ("retryJob", "sweep_jobs", "videoprocessing")
    assert codes(found) == {
        *("schedule-missing", "queue-missing", "index-missing", "ttl-missing", "rules-missing", "sweep-never"),
        *("job-overdue", "lease-lapsed"),
    }


def test_a_bucket_that_is_missing_too_is_a_cause_of_its_own() -> None:
    found = diagnose(nothing_deployed() | {"bucket": None}, WANTED, PLACE)
    assert [one.code for one in found] == ["not-deployed", "no-bucket"]


def moved(facts: Facts, to: str, *names: str) -> Facts:
    """Return facts in which functions are in another region, with their schedules and queues."""
    facts["functions"] = [replace(one, region=to) if one.name in names else one for one in facts["functions"]]
    if "sweep_jobs" in names:
        facts["schedules"] = []
    if "videoprocessing" in names:
        facts["queues"] = {}
    return facts


ALL = tuple(one.name for one in WANTED.endpoints)


def test_another_region_in_the_checkout_is_one_cause_and_the_cure_moves_nothing() -> None:
    old = {"sweep": healthy()["sweep"] | {"version": "older"}}
    found = only(moved(healthy(), "us-central1", *ALL) | old)
    assert found.code == "wrong-region"
    assert found.message == "The functions are in us-central1, and STOKER_REGION is europe-west1."
    assert found.cure.startswith("Set STOKER_REGION=us-central1 in functions/.env.")
    assert codes(found) == {"schedule-missing", "queue-missing", "function-left-over", "other-version"}


@pytest.mark.parametrize(
    "message",
    [
        "Permission denied on 'locations/europe-west' (or it may not exist).",
        "Location 'europe-west' is not a valid location.",
        "Location projects/acme-prod/locations/europe-west is not found or access is unauthorized.",
    ],
)
def test_a_region_that_does_not_exist_is_one_cause(message: str) -> None:
    there = moved(healthy(), "us-central1", *ALL) | dict.fromkeys(("schedules", "queues"), Unread(message, 403))
    assert only(there).code == "wrong-region"
    found = only({**there, "functions": []})
    assert found.code == "no-region"
    assert codes(found) == {"not-deployed", "unread-schedules", "unread-queues"}


def test_a_permission_on_something_in_a_region_is_no_wrong_region() -> None:
    resource = "projects/p/locations/us-central1"
    message = f"Permission 'cloudtasks.queues.list' denied on resource '{resource}' (or it may not exist)."
    assert only(unread(["queues"], message, 403)).code == "may-not-read"


def test_a_move_that_broke_off_is_one_cause_and_nothing_is_deleted() -> None:
    found = only(moved(healthy(), "us-central1", "sweep_jobs", "videoprocessing"))
    assert (found.code, found.cure) == ("functions-elsewhere", "scripts/deploy --project acme-prod")
    assert codes(found) == {"schedule-missing", "queue-missing", "function-left-over"}


def test_functions_that_a_move_has_left_behind_are_deleted_by_one_command() -> None:
    facts = healthy()
    facts["functions"] += [replace(one, region="us-central1") for one in facts["functions"]]
    found = only(facts)
    assert (found.code, found.severity) == ("function-left-over", "warning")
    command = "npx firebase-tools functions:delete retryJob sweep_jobs videoprocessing"
    assert found.cure == f"{command} --region=us-central1 --project=acme-prod"


def test_a_part_that_was_deployed_is_one_cause() -> None:
    facts = healthy() | STUCK
    _, worker, call = facts["functions"]
    facts["functions"] = [worker, replace(call, source_hash="older")]
    found = only(facts | {"schedules": [], "sweep": {}})
    assert (found.code, found.cure) == ("functions-missing", "scripts/deploy --project acme-prod")
    assert codes(found) == {"functions-mixed", "schedule-missing", "sweep-never", "job-overdue", "lease-lapsed"}


def test_a_function_of_another_codebase_in_another_region_is_not_ours() -> None:
    facts = healthy()
    facts["functions"][0] = replace(facts["functions"][0], region="us-central1", codebase="web")
    assert only(facts | {"schedules": []}).code == "functions-missing"


def test_a_deployment_that_runs_is_waited_for() -> None:
    facts = healthy()
    first, second, _ = facts["functions"]
    facts["functions"] = [replace(first, state="DEPLOYING", source_hash="new"), second]
    found = only(facts)
    assert found.code == "function-deploying"
    assert codes(found) == {"functions-missing", "functions-mixed"}


TWO_QUEUES = replace(WANTED, endpoints=(*WANTED.endpoints, Endpoint("audiogeneration", REGION, "queue")))


def two_queues(**states: str) -> Facts:
    facts = healthy()
    facts["functions"].append(replace(facts["functions"][1], name="audiogeneration"))
    return facts | {"queues": {"videoprocessing": "RUNNING", "audiogeneration": "RUNNING"} | states}


def test_queues_that_are_paused_are_one_cause_with_one_command() -> None:
    facts = two_queues(videoprocessing="PAUSED", audiogeneration="PAUSED") | {"waiting": [job()]}
    [found] = diagnose(facts, TWO_QUEUES, PLACE)
    assert found.code == "queue-off"
    assert found.cure == (
        "for name in audiogeneration videoprocessing; do gcloud tasks queues resume $name --location=europe-west1 "
        "--project=acme-prod; done"
    )
    assert codes(found) == {"job-overdue"}


def test_a_job_of_another_queue_does_not_follow_from_a_paused_queue() -> None:
    facts = two_queues(audiogeneration="PAUSED") | {"waiting": [job()]}
    assert [one.code for one in diagnose(facts, TWO_QUEUES, PLACE)] == ["queue-off", "job-overdue"]


@pytest.mark.parametrize(
    "unknown", [{"type": "no-such-type"}, {"type": {"a": 1}}, {"type": None}], ids=["name", "map", "nothing"]
)
def test_a_job_of_no_known_type_does_not_follow_from_a_paused_queue(unknown: Facts) -> None:
    facts = healthy() | {"queues": {"videoprocessing": "PAUSED"}, "waiting": [job(**unknown)]}
    assert [one.code for one in diagnose(facts, WANTED, PLACE)] == ["queue-off", "job-overdue"]


def test_a_deletion_waits_for_its_own_queue() -> None:
    deletion = job(type="batch-operation", input={"operation": "delete-user-data"})
    wanted = replace(WANTED, endpoints=(*WANTED.endpoints, Endpoint("accountdeletion", REGION, "queue")))
    facts = healthy()
    facts["functions"].append(replace(facts["functions"][1], name="accountdeletion"))
    facts |= {"queues": {"videoprocessing": "RUNNING", "accountdeletion": "PAUSED"}, "waiting": [deletion]}
    [found] = diagnose(facts, wanted, PLACE)
    assert (found.code, codes(found)) == ("queue-off", {"job-overdue"})


CAUSES_OF_SILENCE: dict[str, Callable[[Facts], object]] = {
    "schedule-missing": lambda facts: facts["schedules"].clear(),
    "schedule-off": lambda facts: facts["schedules"][0].update(state="PAUSED"),
    "schedule-account": lambda facts: facts["schedules"][0].update(
        httpTarget={"oidcToken": {"serviceAccountEmail": "old@acme-prod.iam.gserviceaccount.com"}}, status={"code": 7}
    ),
    "function-broken": lambda facts: facts["functions"].__setitem__(0, replace(facts["functions"][0], state="FAILED")),
    "index-missing": lambda facts: facts["indexes"].clear(),
    "sweep-silent": lambda facts: facts["schedules"][0].update(status={"code": 13}),
}


@pytest.mark.parametrize("code", CAUSES_OF_SILENCE)
def test_a_sweeper_that_does_not_run_has_one_cause(code: str) -> None:
    facts = healthy() | STUCK
    CAUSES_OF_SILENCE[code](facts)
    found = only(facts)
    assert found.code == code
    assert {"job-overdue", "lease-lapsed"} <= codes(found)


def test_a_schedule_or_a_queue_that_was_deleted_is_made_again_although_the_function_did_not_change() -> None:
    schedule, queue = only(healthy() | {"schedules": []}), only(healthy() | {"queues": {}})
    start = "npx firebase-tools deploy --only functions:stoker:"
    assert schedule.cure == f"{start}sweep_jobs --project acme-prod"
    assert queue.cure == f"{start}videoprocessing --project acme-prod"


def test_a_limit_of_the_day_is_one_cause() -> None:
    stopped = {"stoppedUntil": NOW + timedelta(hours=1)}
    found = only(healthy() | {"settings": stopped, "used": (200_000, 0.0), "waiting": [job()]})
    assert (found.code, codes(found)) == ("project-stopped", {"project-near-limit", "job-overdue"})


def test_a_suite_without_an_emulator_is_one_cause() -> None:
    facts: Facts = {
        "emulators": {"functions": "127.0.0.1:5001", "storage": "127.0.0.1:9199"},
        "functions": Unread("no Functions emulator answers at 127.0.0.1:5001", 503),
        **STUCK,
        "settings": {},
        "used": (0, 0.0),
    }
    found = only(facts, is_suite=True)
    assert (found.code, found.cure) == ("emulator-silent", "Start scripts/emulators again.")
    assert "functions (127.0.0.1:5001), storage (127.0.0.1:9199)" in found.message
    assert {"unread-functions", "sweep-silent", "job-overdue", "lease-lapsed"} <= codes(found)


def test_a_suite_whose_firestore_accepts_connections_and_says_nothing_is_one_cause() -> None:
    facts = {"emulators": {}, "functions": healthy()["functions"], **unread(DOCUMENTS, "Deadline exceeded")}
    found = only({name: facts[name] for name in ("emulators", "functions", *DOCUMENTS)}, is_suite=True)
    assert found.message == "The suite does not answer (Firestore): Deadline exceeded."
    assert (found.code, found.cure) == ("emulator-silent", "Start scripts/emulators again.")
