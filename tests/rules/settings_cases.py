"""Cases about the documents of an admin: the settings of jobs and of sign-ups."""

from collections.abc import Iterator
from datetime import UTC, datetime

from rules.bad_values import bad_values
from rules.case import STRANGERS, Case, Fields
from stoker.models.document import Model
from stoker.models.settings import JobSettings, NewUserLimits, ProjectLimits, SignUpSettings, UserLimits
from stoker_tools.generate.fields import without_null
from stoker_tools.rules_lab.firestore import Create, Delete, Get, Query, Update


def settings_cases() -> Iterator[Case]:
    settings: Fields
    schema = JobSettings.model_json_schema(by_alias=True)
    for who in ("ada", *STRANGERS):
        admin = who == "rex"
        yield Case("adminData get", "one", who, Get("adminData/notes"), allowed=admin)
        yield Case("adminData get", "none", who, Get("adminData/none"), allowed=admin)
        yield Case("adminData list", "100", who, Query("adminData", 100), allowed=admin)
        yield Case("adminData list", "101", who, Query("adminData", 101))
        yield Case("adminData list", "without a limit", who, Query("adminData", None))
        yield Case("adminData write", "create", who, Create("adminData/new", {"a": 1}), allowed=admin)
        yield Case("adminData write", "update", who, Update("adminData/notes", {"a": 1}), allowed=admin)
        yield Case("adminData write", "delete", who, Delete("adminData/notes"), allowed=admin)
        limits = Update("adminData/jobs", {"userLimits": {"atOnce": 1, "aDay": 1}})
        yield Case("adminData write", "the limits", who, limits, allowed=admin)
    every_type = schema["properties"]["paused"]["items"]["enum"]
    for settings in (
        {"paused": every_type},
        {"paused": []},
        {"userLimits": None},
        {"userLimits": {"newUsers": None}},
        {"projectLimits": None, "stoppedUntil": None},
        {"stoppedUntil": datetime(2030, 1, 1, tzinfo=UTC)},
        *({"userLimits": limit} for limit in _limits(UserLimits)),
        *({"userLimits": {"newUsers": limit}} for limit in _limits(NewUserLimits)),
        *({"projectLimits": limit} for limit in _limits(ProjectLimits)),
        {"schemaVersion": 1},
    ):
        yield Case("adminData write", f"{settings}", "rex", Update("adminData/jobs", settings), allowed=True)
    unpaused = Update("adminData/jobs", {"userLimits": {"atOnce": 1}}, ["paused"])
    yield Case("adminData write", "paused is left out", "rex", unpaused, allowed=True)
    yield Case("adminData write", "a ghost field", "rex", Update("adminData/jobs", {"ghost": 1}))
    for name, inner in schema["properties"].items():
        for label, value in bad_values(inner, schema["$defs"]):
            yield Case("adminData write", f"{name} is {label}", "rex", Update("adminData/jobs", {name: value}))
    sign_ups = "adminData/signUps"
    for domains in ([], ["example.com"], ["bücher.example", "例え.テスト"], ["a" * 253] * 3, ["a.b"] * 1000):
        for refuse in (True, False):
            both = {"blockedDomains": domains, "refuseDisposable": refuse}
            yield Case("adminData write", f"{len(domains)} domains", "rex", Update(sign_ups, both), allowed=True)
    for domain in ("a@b", "a b", "a\x7fb", "a\tb", "a\n"):
        wrong = Update(sign_ups, {"blockedDomains": ["a.b", domain]})
        yield Case("adminData write", f"the domain {domain!r}", "rex", wrong)
    neither = Update(sign_ups, {}, ["blockedDomains"])
    yield Case("adminData write", "no domains are named", "rex", neither, allowed=True)
    versioned = Update(sign_ups, {"schemaVersion": 1})
    yield Case("adminData write", "its schemaVersion", "rex", versioned, allowed=True)
    yield Case("adminData write", "a ghost field", "rex", Update(sign_ups, {"ghost": 1}))
    yield Case("adminData write", "who signs up", "ada", Update(sign_ups, {"blockedDomains": ["a.b"]}))
    for name, inner in SignUpSettings.model_json_schema(by_alias=True)["properties"].items():
        for label, value in bad_values(inner, {}):
            yield Case("adminData write", f"{name} is {label}", "rex", Update(sign_ups, {name: value}))


def _limits(model: type[Model]) -> Iterator[Fields]:
    """Each limit of a map alone, at its least, and lifted if it may be lifted."""
    for name, declared in model.model_json_schema(by_alias=True)["properties"].items():
        kind, may_be_null = without_null(declared)
        if kind.get("type") == "integer":
            yield {name: kind["minimum"]}
            yield from [{name: None}] if may_be_null else []
