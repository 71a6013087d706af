"""What is asked of one collection alone, and of what is in none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.bad_values import MEGABYTE, bad_values
from rules.case import STAFF, STRANGERS, Case
from rules.written import collections
from stoker.models.analytics import SERVER_ID
from stoker.models.document import Model
from stoker.models.orphan import PREFIX
from stoker.models.settings import JobSettings, NewUserLimits, ProjectLimits, SignUpSettings, UserLimits
from stoker.models.task import STATUS_TRANSITIONS
from stoker_tools.generate.fields import without_null
from stoker_tools.rules_lab.firestore import Create, Delete, Get, Query, Update
from stoker_tools.rules_lab.values import NOW, Later

Fields = dict[str, Any]

BAD_SPEECH: tuple[Fields, ...] = (
    {"text": "a", "junk": 1},
    {"junk": MEGABYTE},
    {"source": "a"},
    {"text": "a" * 100_001},
    *({name: [] if number else 5} for name in ("text", "lines", "language", "voice", "format") for number in (0, 1)),
    *({name: None} for name in ("text", "lines", "language", "voice", "format")),
    *({name: None} for name in ("markdown", "speed", "pitch", "loudness", "captions")),
    *({name: "a" * 101} for name in ("lines", "language", "voice", "format")),
    *({name: "1"} for name in ("markdown", "speed", "pitch", "loudness", "captions")),
)
"""Inputs of `audio-generation` with more than a worker could use."""

MOMENT = timedelta(seconds=10)
"""What lies between the making of a request and its judgement."""


def particular_cases() -> Iterator[Case]:
    """All of them."""
    yield from _of_tasks()
    yield from _of_jobs()
    yield from _of_inputs()
    yield from _of_users_who_are_gone()
    yield from _of_events()
    yield from _of_users()
    yield from _of_completions()
    yield from _of_aggregates()
    yield from _of_admin_data()
    yield from _elsewhere()


def _of_tasks() -> Iterator[Case]:
    todo = next(collection for collection in collections() if collection.name == "tasks")
    new = "tasks/new"
    for status in STATUS_TRANSITIONS:
        for after in STATUS_TRANSITIONS:
            may = after == status or after in STATUS_TRANSITIONS[status]
            name = f"from {status} to {after}"
            request = Update(f"tasks/{status}", {"status": after, "updatedAt": NOW})
            yield Case("tasks update", name, "ada", request, allowed=may)
    for changed, may in (
        *(({"title": "🐈" * count}, count == 100) for count in (100, 101)),
        *(({"category": "🐈" * count}, count == 50) for count in (50, 51)),
        *(({"description": "🐈" * count}, count == 5000) for count in (5000, 5001)),
    ):
        request = Update("tasks/todo", {**changed, "updatedAt": NOW})
        yield Case("tasks update", f"{len(str(changed))} characters of emoji", "ada", request, allowed=may)
    yield Case("tasks update", "from the default", "ada", Update("tasks/bare", todo.change), allowed=True)
    yield Case("tasks create", "in another one's project", "ada", Create(new, todo.least | {"projectId": "bobs"}))
    yield Case("tasks create", "in no project", "ada", Create(new, todo.least | {"projectId": "none"}))
    yield Case("tasks create", "in a path", "ada", Create(new, todo.least | {"projectId": "adas/tasks/x"}))
    for project, may in (("adas", True), ("adas-other", True), ("bobs", False), ("none", False), (None, True)):
        for task in ("todo", "in-project"):
            request = Update(f"tasks/{task}", {"projectId": project, "updatedAt": NOW})
            yield Case("tasks update", f"{task} into the project {project}", "ada", request, allowed=may)
    lost = Update("tasks/in-lost-project", todo.change)
    yield Case("tasks update", "in a project that is no more", "ada", lost, allowed=True)
    out = Update("tasks/in-project", {"updatedAt": NOW}, ["projectId"])
    yield Case("tasks update", "out of its project", "ada", out, allowed=True)
    everything = {name: value for name, value in todo.most.items() if name not in ("schemaVersion", "status")}
    yield Case(
        "tasks update", "all at once", "ada", Update("tasks/todo", {**everything, "updatedAt": NOW}), allowed=True
    )
    optional = ["description", "status"]
    yield Case("tasks update", "remove", "ada", Update("tasks/todo", {"updatedAt": NOW}, optional), allowed=True)
    for tags in ([], ["a"], ["a" * 50, "🐈" * 50]):
        yield Case("tasks create", f"{len(tags)} tags", "ada", Create(new, todo.least | {"tags": tags}), allowed=True)


def _of_jobs() -> Iterator[Case]:
    group = "processingJobs update"
    cancel = {"cancelRequested": True, "updatedAt": NOW}
    for status in ("pending", "processing", "completed", "failed", "cancelled", "ghost"):
        may = status in ("pending", "processing")
        yield Case(group, f"cancel what is {status}", "ada", Update(f"processingJobs/{status}", cancel), allowed=may)
    for status in ("completed", "cancelled", "processing", "failed"):
        yield Case(group, f"to {status}", "ada", Update("processingJobs/pending", cancel | {"status": status}))
    yield Case(group, "not to cancel", "ada", Update("processingJobs/pending", cancel | {"cancelRequested": False}))
    job = next(collection for collection in collections() if collection.name == "processingJobs")
    month = timedelta(days=30)
    for later, may in ((month - MOMENT, True), (month + MOMENT, False), (timedelta(days=365), False)):
        request = Create("processingJobs/new", job.least | {"runAfter": Later(later)})
        yield Case("processingJobs create", f"runAfter in {later}", "ada", request, allowed=may)
    for name, may in ((PREFIX, False), (f"{PREFIX}1", False), (PREFIX.rstrip("-"), True), (f"an-{PREFIX}1", True)):
        request = Create(f"processingJobs/{name}", job.least | {"id": name})
        yield Case("processingJobs create", f"with the id {name}", "ada", request, allowed=may)
    for who_is_gone in (True, False):
        request = Create("processingJobs/new", job.least | {"ownerIsGone": who_is_gone})
        yield Case("processingJobs create", f"ownerIsGone is {who_is_gone}", "ada", request)
    past = job.least | {"runAfter": datetime(2020, 1, 1, tzinfo=UTC)}
    yield Case("processingJobs create", "long ago", "ada", Create("processingJobs/new", past), allowed=True)


def _of_users_who_are_gone() -> Iterator[Case]:
    for name in ("tasks", "projects", "processingJobs"):
        fields = next(collection for collection in collections() if collection.name == name).least | {"userId": "eve"}
        yield Case(f"{name} create", "exists departures", "eve", Create(f"{name}/new", fields))


def _of_inputs() -> Iterator[Case]:
    job = next(collection for collection in collections() if collection.name == "processingJobs")
    group = "processingJobs create"
    given: Fields

    def case(job_type: str, given: Any, allowed: bool = False, who: str = "ada") -> Case:
        name = f"{job_type} {str(given)[:60]}"
        return Case(
            group, name, who, Create("processingJobs/new", job.least | {"type": job_type, "input": given}), allowed
        )

    for given in (
        {"source": "a" * 1025},
        {"source": 5},
        {"source": None},
        {"source": []},
        {"trim": {"start": 1, "ghost": 1}},
        {"trim": "all"},
        {"loudness": "-16"},
        {"watermark": {"source": "a.png", "ghost": 1}},
        {"watermark": "a.png"},
        {"captions": {"source": "a.vtt", "ghost": 1}},
        {"captions": "a.vtt"},
        {"audio": {"language": "de", "ghost": 1}},
        {"audio": "de"},
        {"outputs": {}},
        {"source": ["a"]},
        {"outputs": [{"kind": "mp4"}] * 11},
        {"outputs": {"kind": "mp4"}},
        {"outputs": "mp4"},
        {"junk": "x" * 10_000},
        {"source": MEGABYTE},
        {"operation": "delete-tasks"},
        {"ghost": 1},
    ):
        yield case("video-processing", given)
    # A type that there is not, with an input that one of those takes which there are.
    for given in ({"source": "a.mp4"}, {"text": "Hello."}, {"operation": "delete-tasks"}):
        yield case("ghost", given)
    picture = {"source": "a.png", "position": "top-left", "opacity": 0.5}
    for given in (
        {"trim": {"start": 1, "end": 2}},
        {"loudness": -16.5},
        {"watermark": picture},
        {"captions": {"source": "a.vtt", "burnIn": True}},
        {"captions": {"from": "source", "language": "de"}},
        {"audio": {"language": "de"}},
    ):
        yield case("video-processing", given, allowed=True)
    for given in (*BAD_SPEECH, {"ghost": 1}):
        yield case("audio-generation", given)
    words = {"lines": "a" * 100, "language": "a" * 100, "voice": "a" * 100, "format": "a" * 100}
    figures = {"speed": 0.5, "pitch": -1, "loudness": -16.5, "captions": False}
    lines = {"lines": "keep", "markdown": True}
    for given in (
        {},
        {"text": "a" * 100_000},
        lines,
        words,
        figures,
        {"speed": 1, "captions": True},
        {"loudness": -16},
    ):
        yield case("audio-generation", given, allowed=True)
    for given in (
        {"operation": "drop-tables"},
        {"operation": "ghost"},
        {"operation": "run-jobs", "ghost": 1},
        {"operation": 5},
        {"operation": "run-jobs", "jobs": [{}] * 101},
        {"operation": "run-jobs", "jobs": "all"},
        {"operation": "run-jobs", "jobs": {}},
        {"operation": "update-tasks", "where": {"ghost": 1}},
        {"operation": "update-tasks", "where": "all"},
        {"operation": "update-tasks", "where": []},
        {"operation": "update-tasks", "set": "all"},
        {"operation": "import-tasks", "source": []},
        {"operation": "update-tasks", "set": {"ghost": 1}},
        {"operation": "update-tasks", "set": ["status"]},
        {"operation": "import-tasks", "source": "a" * 1025},
        {"operation": "import-tasks", "source": {}},
        {"operation": "import-tasks", "source": 5},
        {"operation": "run-jobs", "outputs": []},
        {"ghost": 1},
    ):
        yield case("batch-operation", given)
    yield case("batch-operation", {"operation": "delete-user-data"}, who="stale")
    yield case("batch-operation", {"operation": "export-user-data"}, allowed=True, who="stale")
    yield case("batch-operation", {"operation": "delete-user-data"}, allowed=True, who="fresh")
    yield case("batch-operation", {"operation": "delete-user-data"}, allowed=True, who="anonymous")
    deletion = job.least | {"type": "batch-operation", "input": {"operation": "delete-user-data"}}
    for who in ("fresh", "anonymous"):
        for run_after in (Later(timedelta(hours=1)), Later(-MOMENT)):
            planted = Create("processingJobs/new", deletion | {"runAfter": run_after})
            yield Case(group, "planted deletion", who, planted)
        at_once = Create("processingJobs/new", deletion | {"runAfter": None})
        yield Case(group, "deletion without runAfter", who, at_once, allowed=True)
    yield case("batch-operation", {})
    for given in (
        {"operation": "run-jobs", "jobs": [{}] * 100},
        {
            "operation": "update-tasks",
            "where": dict.fromkeys(("status", "priority", "category", "projectId", "tag", "all"), 1),
            "set": dict.fromkeys(("status", "priority", "category", "tags", "dueDate", "projectId"), 1),
        },
        {"operation": "import-tasks", "source": "a" * 1024},
        {"operation": "delete-tasks", "where": {"tag": "old"}},
        {"operation": "update-tasks"},
    ):
        yield case("batch-operation", given, allowed=True)


def _of_events() -> Iterator[Case]:
    group = "analyticsEvents create"
    least = next(collection for collection in collections() if collection.name == "analyticsEvents").least
    month = timedelta(days=30)
    for by, may in (
        (timedelta(days=-3), True),
        (MOMENT - month, True),
        (-MOMENT - month, False),
        (timedelta(days=-3650), False),
        # A clock may be fast by any time: the roll-up corrects it.
        (timedelta(minutes=6), True),
        (timedelta(days=3650), True),
    ):
        request = Create("analyticsEvents/new", least | {"occurredAt": Later(by)})
        yield Case(group, f"occurredAt {by} from now", "ada", request, allowed=may)
    for year in (1900, 9999):
        request = Create("analyticsEvents/new", least | {"occurredAt": datetime(year, 1, 1, tzinfo=UTC)})
        yield Case(group, f"occurredAt in {year}", "ada", request, allowed=year == 9999)
        request = Create("analyticsEvents/new", least | {"sentAt": datetime(year, 1, 1, tzinfo=UTC)})
        yield Case(group, f"sentAt in {year}", "ada", request, allowed=True)
    unmarked = {name: value for name, value in least.items() if name != "rolledUp"}
    for marks in ({}, {"rolledUp": True}, {"rolledUp": False, "skipped": "x"}, {"rolledUp": False, "expiresAt": NOW}):
        yield Case(group, f"marked {marks}"[:50], "ada", Create("analyticsEvents/new", unmarked | marks))
    yield Case(group, "marked again", "ada", Update("analyticsEvents/played", {"rolledUp": False}))
    for value in (-1e12, 0, 1e12, 0.5):
        yield Case(
            group, f"the value {value}", "ada", Create("analyticsEvents/new", least | {"value": value}), allowed=True
        )
    for name in ("ghost", "task.reopened", "job.completed2", "my.task.completed", "user"):
        yield Case(
            group, f"the name {name}", "ada", Create("analyticsEvents/new", least | {"name": name}), allowed=True
        )
    for event_id in (SERVER_ID + "a" * 32, SERVER_ID + "task", SERVER_ID):
        request = Create(f"analyticsEvents/{event_id}", least | {"id": event_id})
        yield Case(group, f"the server's id {event_id!r}", "ada", request)
    for properties in ({}, {"a": None}, {"a": "", "b": 2**62}, {"a": False}):
        request = Create("analyticsEvents/new", least | {"properties": properties})
        yield Case(group, f"the properties {properties}", "ada", request, allowed=True)


def _of_users() -> Iterator[Case]:
    changed: Fields
    group = "users update"
    now = {"updatedAt": NOW}
    for changed in (
        {"displayName": "a" * 100},
        {"displayName": "🐈" * 50},
        {"displayName": " \u200bأ"},
        {"displayName": "🏴\U000e0067\U000e007f"},
        {"displayName": "e\u0301"},
        {"displayName": "\u0301\U0001d172"},
        {"photoURL": None},
        {"photoURL": "https://a/" + "b" * 2038},
        {"preferences": {}},
        {"preferences": {"language": "pt-BR", "timeZone": "Europe/Berlin", "theme": "dark", "notifications": False}},
        {"preferences": {"language": "ab-" + "-".join(["a" * 7] * 4), "timeZone": "A" * 64}},
    ):
        yield Case(group, f"{changed}"[:50], "ada", Update("users/ada", changed | now), allowed=True)
    optional = Update("users/ada", now, ["displayName", "preferences"])
    yield Case(group, "remove what may be left out", "ada", optional, allowed=True)
    for promotion in (
        {"role": "admin"},
        {"permissions": ["admin:all"]},
        {"progress": {"level": 99, "xp": 10**6}},
        {"progress.xp": 10**6},
        {"email": "root@example.com"},
        {"provisional": True},
        {"emailVerified": True},
        {"fromAccount": {"displayName": "New User"}},
        {"createdAt": NOW},
    ):
        yield Case(group, f"self-promotion {promotion}", "ada", Update("users/ada", promotion | now))
    unseen = (
        "\u0301",
        "\u20e3\ufe20",
        "\ufff9",
        "\U0001d173",
        "\U0001bca3",
        "\U000e0000",
        "\U000e0041",
        "\U000e0fff \u200b",
    )
    for name in (*unseen, "🐈" * 51, "\u3000", "\u200b\u2060", "a\nb", "\u0085", "a\u202eb", "\ufe0f"):
        yield Case(group, f"the name {name[:9]!r}", "ada", Update("users/ada", {"displayName": name, **now}))
    yield Case(group, "another one's profile", "ada", Update("users/bob", {"displayName": "a", **now}))
    yield Case("users get", "another one's profile", "ada", Get("users/bob"))
    yield Case("users get", "one's own that is not there yet", "long", Get(f"users/{'a' * 129}"), allowed=True)


def _of_completions() -> Iterator[Case]:
    """What XP was given for: its owner looks at it, and functions alone write it."""
    collection = "users/ada/completions"
    path = f"{collection}/done"
    for who in ("ada", *STRANGERS):
        own = who == "ada"
        yield Case("completions get", "one of Ada's", who, Get(path), allowed=own)
        yield Case("completions list", "100 of Ada's", who, Query(collection, 100), allowed=own)
        yield Case("completions list", "101 of Ada's", who, Query(collection, 101))
        yield Case("completions list", "Ada's without a limit", who, Query(collection, None))
        yield Case("completions list", "everyone's", who, Query("completions", 10, {"userId": "ada"}, group=True))
        yield Case("completions write", "more XP", who, Update(path, {"xp": 10**6}))
        yield Case("completions write", "one more", who, Create(f"{collection}/new", {"userId": "ada", "xp": 50}))
        yield Case("completions write", "away with it", who, Delete(path))


def _of_aggregates() -> Iterator[Case]:
    path = "analyticsAggregates/day_2026-01-01_video.played"
    for who in ("ada", *STRANGERS):
        staff = who in STAFF
        yield Case("analyticsAggregates get", "one", who, Get(path), allowed=staff)
        yield Case("analyticsAggregates list", "100", who, Query("analyticsAggregates", 100), allowed=staff)
        yield Case("analyticsAggregates list", "101", who, Query("analyticsAggregates", 101))
        yield Case("analyticsAggregates list", "without a limit", who, Query("analyticsAggregates", None))
        yield Case("analyticsAggregates write", "update", who, Update(path, {"count": 10**6}))
        yield Case("analyticsAggregates write", "create", who, Create("analyticsAggregates/new", {"count": 1}))
        yield Case("analyticsAggregates write", "delete", who, Delete(path))


def _of_admin_data() -> Iterator[Case]:
    settings: Fields
    schema = JobSettings.model_json_schema(by_alias=True)
    for who in ("ada", *STRANGERS):
        admin = who == "rex"
        yield Case("adminData get", "one", who, Get("adminData/notes"), allowed=admin)
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


def _elsewhere() -> Iterator[Case]:
    for who in ("ada", *STRANGERS):
        own = (
            "jobKeys/key",
            "jobUsers/ada",
            "callCounts/count",
            "analyticsSketches/day_2026-01-01_video.played",
            "analyticsLeases/roll-up",
        )
        for path in (*own, "tasks/todo/comments/first", "users/ada/tasks/inner", "any/thing"):
            collection = path.rpartition("/")[0]
            yield Case("elsewhere", f"get {path}", who, Get(path))
            yield Case("elsewhere", f"update {path}", who, Update(path, {"userId": who}))
            yield Case("elsewhere", f"create in {collection}", who, Create(f"{collection}/new", {"userId": who}))
            yield Case("elsewhere", f"delete {path}", who, Delete(path))
        for name in ("comments", "tasks", "processingJobs", "jobKeys"):
            yield Case("elsewhere", f"group {name}", who, Query(name, 10, {"userId": "ada"}, group=True))
