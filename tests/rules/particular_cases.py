"""Cases about a single collection, and about paths outside of every collection."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from rules.case import MOMENT, SIGNED_IN, STAFF, STRANGERS, Case, Fields
from rules.input_cases import input_cases
from rules.settings_cases import settings_cases
from rules.written import collections
from stoker.models.analytics import SERVER_ID
from stoker.models.orphan import PREFIX
from stoker.models.task import STATUS_TRANSITIONS
from stoker_tools.rules_lab.firestore import Create, Delete, Get, Query, Update
from stoker_tools.rules_lab.values import NOW, Later


def particular_cases() -> Iterator[Case]:
    """All of them."""
    yield from _of_tasks()
    yield from _of_jobs()
    yield from input_cases()
    yield from _of_users_who_are_gone()
    yield from _of_events()
    yield from _of_users()
    yield from _of_completions()
    yield from _of_aggregates()
    yield from settings_cases()
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
    for who in ("ada", "nameless", *STRANGERS):
        for name in (f"{PREFIX}1", "deletion-1"):  # made from a uid
            yield Case("processingJobs get", f"no {name}", who, Get(f"processingJobs/{name}"), allowed=who in STAFF)
        for name in (PREFIX.rstrip("-"), "deletion", f"an-{PREFIX}1", "a-deletion-1", "a.b", "a" * 129):
            get = Get(f"processingJobs/{name}")
            yield Case("processingJobs get", f"no {name[:20]}", who, get, allowed=who in SIGNED_IN)
    past = job.least | {"runAfter": datetime(2020, 1, 1, tzinfo=UTC)}
    yield Case("processingJobs create", "long ago", "ada", Create("processingJobs/new", past), allowed=True)


def _of_users_who_are_gone() -> Iterator[Case]:
    for name in ("tasks", "projects", "processingJobs"):
        fields = next(collection for collection in collections() if collection.name == name).least | {"userId": "eve"}
        yield Case(f"{name} create", "exists departures", "eve", Create(f"{name}/new", fields))


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
    """Yield cases about completions, for which XP was given. The owner may read them, and only functions write them."""
    collection = "users/ada/completions"
    path = f"{collection}/done"
    for who in ("ada", *STRANGERS):
        own = who == "ada"
        yield Case("completions get", "one of Ada's", who, Get(path), allowed=own)
        yield Case("completions get", "what is not there", who, Get(f"{collection}/none"), allowed=own)
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
        yield Case("analyticsAggregates get", "none", who, Get("analyticsAggregates/none"), allowed=staff)
        yield Case("analyticsAggregates list", "100", who, Query("analyticsAggregates", 100), allowed=staff)
        yield Case("analyticsAggregates list", "101", who, Query("analyticsAggregates", 101))
        yield Case("analyticsAggregates list", "without a limit", who, Query("analyticsAggregates", None))
        yield Case("analyticsAggregates write", "update", who, Update(path, {"count": 10**6}))
        yield Case("analyticsAggregates write", "create", who, Create("analyticsAggregates/new", {"count": 1}))
        yield Case("analyticsAggregates write", "delete", who, Delete(path))


def _elsewhere() -> Iterator[Case]:
    for who in ("ada", *STRANGERS):
        own = (
            "jobKeys/key",
            "jobUsers/ada",
            "callCounts/count",
            "analyticsSketches/day_2026-01-01_video.played",
            "analyticsLeases/roll-up",
            "serverKeys/keyring",
        )
        for path in (*own, "tasks/todo/comments/first", "users/ada/tasks/inner", "any/thing"):
            collection = path.rpartition("/")[0]
            yield Case("elsewhere", f"get {path}", who, Get(path))
            yield Case("elsewhere", f"update {path}", who, Update(path, {"userId": who}))
            yield Case("elsewhere", f"create in {collection}", who, Create(f"{collection}/new", {"userId": who}))
            yield Case("elsewhere", f"delete {path}", who, Delete(path))
        for name in ("comments", "tasks", "processingJobs", "jobKeys", "serverKeys"):
            yield Case("elsewhere", f"group {name}", who, Query(name, 10, {"userId": "ada"}, group=True))
