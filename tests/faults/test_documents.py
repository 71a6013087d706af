"""Ten thousand documents that anybody may have written: each is run, waits, or ends with a reason."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from google.cloud import firestore
from google.cloud.firestore_v1 import DocumentSnapshot, GeoPoint
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from development.user import follow
from stoker import config
from stoker.errors import StokerError
from stoker.firestore.client import client
from stoker.firestore.documents import StoredDocument
from stoker.jobs.admission import NotYetDue
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.dispatch import dispatch
from stoker.jobs.job import check_job
from stoker.jobs.sweeper import sweep
from stoker.models.job import RUNNING_JOBS, has_ended

pytestmark = pytest.mark.usefixtures("undelivered", "own_keys")

DOCUMENTS = 10_000
HUGE = 20
"""So many of them leave no room for a sentence."""

Fields = dict[str, Any]
Snapshot = DocumentSnapshot[Any]
Value = TypeVar("Value")


@pytest.fixture
def own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the keys that another run has left, some would be held by documents of this one."""
    monkeypatch.setattr(config, "JOB_KEYS", f"keys-{uuid4().hex}")


# --- What the fields of a document may hold --------------------------------------------------------

NOW = datetime.now(UTC)
LONG_AGO, FAR_AHEAD = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
AN_HOUR_LATER = NOW.replace(minute=0) + timedelta(hours=1)
"""A time at which the sweeper looks at everything."""

YESTERDAY, TOMORROW = NOW - timedelta(days=1), NOW + timedelta(days=1)
TIMES = st.sampled_from([LONG_AGO, YESTERDAY, NOW, TOMORROW, FAR_AHEAD])

HOSTILE = [
    *("", " ", ".", "..", "/", "a/b", "../../etc/passwd", "__ada__", "__proto__", "-rf", "*", "%2e%2e%2f", "${HOME}"),
    *("\0", "ada\0bob", "two\nlines", "\x1b[31mred", "\u202eadA", "e\u0301", "💣", "ß" * 128, "x" * 129, "x" * 5_000),
    *("null", "NaN", "true", "'; DROP TABLE jobs; --", "<script>alert(1)</script>", "pending", "video-processing"),
]
TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.sampled_from([0, -1, 1, 2**63 - 1, -(2**63), 0.5, -0.0, float("nan"), float("inf"), float("-inf"), 1e308])
SCALARS = st.one_of(
    *(TEXTS, NUMBERS, TIMES, st.booleans(), st.none(), st.binary(max_size=20)),
    st.sampled_from([GeoPoint(0, 0), GeoPoint(90, -180)]),
    st.sampled_from(["users/ada", "processingJobs/job7"]).map(lambda path: client().document(path)),
)
NAMES = st.sampled_from(["a", "kind", "source", "expiresAt", "token", "a.b", "`", "two\nlines", "💣", "x" * 200])
MAPS = st.dictionaries(NAMES, SCALARS, max_size=3)
# No list lies in a list: Firestore knows none.
NESTED = st.dictionaries(NAMES, SCALARS | MAPS | st.lists(SCALARS | MAPS, max_size=3), max_size=3)
GARBAGE = st.one_of(SCALARS, SCALARS, MAPS, NESTED, st.lists(NESTED, max_size=2))


def nearly(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Fields]:
    """Maps that are as they should be, or almost."""
    good = st.fixed_dictionaries(fields)
    return st.one_of(good, good, st.fixed_dictionaries({}, optional=fields), good.flatmap(_spoilt))


def _spoilt(good: Fields) -> st.SearchStrategy[Fields]:
    wrong = st.dictionaries(st.sampled_from([*good, "extra"]), GARBAGE, min_size=1, max_size=2)
    return wrong.map(lambda wrong: {**good, **wrong})


SIDES = st.sampled_from([16, 720, 4320, 0, 721.5])
MP4 = nearly(kind=st.just("mp4"), height=SIDES) | nearly(kind=st.just("mp4"), resolution=SIDES)
POSTER = nearly(kind=st.just("poster"), at=st.sampled_from([0, 2.5, -1, float("nan")]))
INPUT = nearly(
    source=st.sampled_from(["user-uploads/ada/cat.mov", "public/cat.mov", "user-uploads/bob/cat.mov"]) | TEXTS,
    outputs=st.lists(MP4 | POSTER, max_size=3),
)
ATTEMPT = nearly(number=st.integers(0, 9), startedAt=TIMES, endedAt=TIMES, errorCode=st.just("internal"))
FILE = nearly(kind=st.just("mp4"), path=TEXTS, contentType=st.just("video/mp4"), bytes=st.just(9), sha256=st.just("0"))

CLIENTS: dict[str, st.SearchStrategy[Any]] = {
    "id": TEXTS,
    "userId": st.sampled_from(["ada", "bob"]) | TEXTS,
    "type": st.sampled_from(["video-processing", "audio-generation", "batch-operation", "video-destroying"]),
    "input": INPUT,
    "status": st.sampled_from(["pending", "processing", "completed", "failed", "cancelled", "PENDING"]),
    "createdAt": TIMES,
}
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "cancelRequested": st.booleans(),
    "dedupeKey": st.sampled_from([f"key-{number}" for number in range(50)]) | TEXTS,
    "runAfter": TIMES,
    "stage": st.sampled_from(["queued", "encoding", "running-jobs", "paused", "waiting-for-other-jobs"]),
    "progress": st.sampled_from([0, 50, 99.9, 100, 100.1, -1]),
    "attempt": st.integers(-1, 6),
    "maxAttempts": st.integers(0, 21),
    "attempts": st.lists(ATTEMPT, max_size=3),
    "lease": nearly(token=st.sampled_from(["t", ""]), expiresAt=TIMES),
    "parentId": st.integers(0, DOCUMENTS).map(lambda number: f"job{number}") | TEXTS,
    "children": st.integers(-1, 3),
    "checkpoint": NESTED,
    "output": nearly(files=st.lists(FILE, max_size=1)),
    "error": TEXTS,
    "errorCode": TEXTS,
    "startedAt": TIMES,
    "note": GARBAGE,
}
PLAUSIBLE = CLIENTS | OPTIONAL
IDS = ("a film ", "..", "a.b", "💣", "x" * 124, "x" * 1_400, "two\nlines", "`", "~*[]")


def drawn(strategy: st.SearchStrategy[Value], number: int) -> list[Value]:
    """Draws values, or all where there are fewer. `-p randomly_seed=...`, as pytest has told it, draws them again."""
    values: list[Value] = []

    @seed(random.getrandbits(64))
    @settings(max_examples=number, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value: Value) -> None:
        values.append(value)

    collect()
    return values


# --- Documents ------------------------------------------------------------------------------------


def good(job_id: str) -> Fields:
    return {
        "id": job_id,
        "userId": "ada",
        "type": "video-processing",
        "input": {"source": "user-uploads/ada/cat.mov"},
        "status": "pending",
        "createdAt": YESTERDAY,
    }


def running() -> Fields:
    """What is different in a job that someone works on, or did when last heard of."""
    lease = {"token": "t", "expiresAt": random.choice([YESTERDAY, TOMORROW])}
    return {"status": "processing", "attempt": random.randint(1, 5), "startedAt": YESTERDAY, "lease": lease}


def documents(number: int) -> Iterator[tuple[str, Fields]]:
    """Ids and documents: good ones, of which up to four fields are changed, or one is missing."""
    # Drawn by field and put together here: drawing whole documents takes hypothesis ten times as long.
    plausible = {name: drawn(strategy, 100) for name, strategy in PLAUSIBLE.items()}
    garbage = drawn(GARBAGE, 1_000)
    for count in range(number):
        job_id = f"{random.choice(IDS) if random.random() < 0.04 else 'job'}{count}"
        document = good(job_id) | (running() if random.random() < 0.15 else {})
        for name in random.sample([*PLAUSIBLE, *OPTIONAL], random.randrange(5)):
            document[name] = random.choice(garbage if random.random() < 0.2 else plausible[name])
        if random.random() < 0.08:
            del document[random.choice([*CLIENTS])]
        yield job_id, document


def huge_documents() -> Iterator[tuple[str, Fields]]:
    """Documents of nearly a megabyte, wherever that lies; some could run."""
    for count in range(HUGE):
        job_id = f"huge{count}"
        junk = {"junk": "x" * (1024 * 1024 - 400)}
        name = ("input", "checkpoint", "note", "attempts")[count % 4]
        yield (
            job_id,
            {**good(job_id), "userId": ("ada", 7)[count // 4 % 2], name: [junk] if name == "attempts" else junk},
        )


def write(written: Mapping[str, Fields]) -> None:
    """Writes them all, as an admin would: past the rules."""

    def commit(some: Iterable[tuple[str, Fields]]) -> None:
        batch = client().batch()
        for job_id, document in some:
            batch.set(jobs().document(job_id), document)
        batch.commit()

    with ThreadPoolExecutor(2) as pool:
        # In steps, so that no commit gets two of those that are a megabyte each: the emulator takes four.
        steps = len(written) // 100
        list(pool.map(commit, (list(written.items())[start::steps] for start in range(steps))))


def jobs() -> firestore.CollectionReference:
    return client().collection(config.JOBS)


def stored() -> dict[str, Snapshot]:
    return {snapshot.id: snapshot for snapshot in jobs().stream()}


def by_all(act: Callable[[Value], Any], values: Iterable[Value]) -> list[tuple[Value, Exception]]:
    """Does it with every value, in threads; returns what has raised."""

    def raised(value: Value) -> Exception | None:
        try:
            act(value)
        except Exception as error:
            return error
        return None

    values = list(values)
    with ThreadPoolExecutor(8) as pool:
        return [(value, error) for value, error in zip(values, pool.map(raised, values), strict=True) if error]


# --- What may become of them ----------------------------------------------------------------------


DISPATCHED = {
    "queued": 2_000,
    "waiting": 50,
    "had ended": 50,
    "failed: invalid-job": 2_000,
    "failed: duplicate": 20,
    "cancelled: cancelled": 50,
}
"""What the dispatcher makes of ten thousand documents, and of how many of them at least."""

CLAIMED = {
    "claimed": 2_000,
    "held by another": 50,
    "failed: attempts-exhausted": 20,
    "cancelled: cancelled": 3,
}
"""The same of a claim, of those that were queued."""


def codes(error: type[StokerError] = StokerError) -> set[str]:
    """The codes of an error and of all below it in the tree."""
    return {error.code}.union(*map(codes, error.__subclasses__()))


def standing(job_id: str, data: Fields) -> str:
    """What a document says of its job; fails where that can't be."""
    status, code = data.get("status"), data.get("errorCode")
    if status in ("failed", "cancelled"):
        assert code in codes()
        assert re.fullmatch(r"[A-Z].{20,}\.", data["error"], re.DOTALL)
        assert "Traceback" not in data["error"]
        assert data["completedAt"] < data["expiresAt"]
        assert not {"lease", "checkpoint"} & data.keys()
        assert (status == "cancelled") == (code == "cancelled")
        return f"{status}: {code}"
    document = check_job(job_id, data).document
    assert document.status != "completed" or document.progress == 100
    if document.status == "pending" and document.run_after is not None and document.run_after > NOW:
        return "waiting"
    return document.status


def after_dispatch(job_id: str, written: Fields, before: Snapshot, after: Snapshot, is_queued: bool) -> str:
    """What the dispatcher has made of a document; fails where that can't be."""
    data = after.to_dict() or {}
    if has_ended(written.get("status")):
        assert after.update_time == before.update_time
        assert not is_queued
        return "had ended"
    if is_queued:
        assert after.update_time == before.update_time or data["stage"] == RUNNING_JOBS  # a child of it has ended
        check_job(job_id, data)
        return "queued"
    told = standing(job_id, data)
    if told == "failed: invalid-job":
        as_good = [*good(job_id).items()]
        changed = [
            name for name in {*PLAUSIBLE, *written} if name not in written or (name, written[name]) not in as_good
        ]
        # Of another type, its input is wrong as well.
        wrong = [*changed, "id", *(["input"] if "type" in changed else [])]
        assert any(re.search(rf"(^|\W){name}\b", data["error"]) for name in wrong)
    elif not has_ended(data["status"]):
        assert after.update_time == before.update_time
        assert data["runAfter"] > datetime.now(UTC)
        return "waiting"
    return told


def after_claim(job_id: str, before: Snapshot, after: Snapshot) -> str:
    """What a claim has made of a document that was queued; fails where that can't be."""
    data = after.to_dict() or {}
    told = standing(job_id, data)
    if told != "processing":
        return told
    document, earlier = check_job(job_id, data).document, check_job(job_id, before.to_dict() or {}).document
    if document.stage == RUNNING_JOBS:
        return "waiting for its children"
    assert document.lease is not None
    assert document.lease.expires_at > NOW
    if after.update_time == before.update_time:
        assert earlier.lease == document.lease
        return "held by another"
    assert document.attempt == earlier.attempt + 1
    assert (document.progress, document.stage) == (0, "queued")
    return "claimed"


def count(judge: Callable[[str], str], job_ids: Iterable[str], written: Mapping[str, Fields]) -> Counter[str]:
    """Counts what became of documents; fails with those of which something became that can't be."""
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    for job_id in job_ids:
        try:
            outcomes[judge(job_id)] += 1
        except (AssertionError, KeyError, TypeError, StokerError) as error:
            wrong.append(f"{job_id!r}: {error!r}\n{str(written[job_id])[:2_000]}")
    assert not wrong, f"{len(wrong)} documents, of which some:\n\n" + "\n\n".join(wrong[:5])
    return outcomes


def check_variety(outcomes: Counter[str], at_least: Mapping[str, int]) -> None:
    """Fails where so few documents came to one end that the generator has become dull."""
    assert {name: outcomes[name] for name in at_least if outcomes[name] < at_least[name]} == {}


@pytest.mark.timeout(900)
def test_ten_thousand_documents(queued: list[str]) -> None:
    written = dict(documents(DOCUMENTS - HUGE)) | dict(huge_documents())
    assert len(written) == DOCUMENTS
    write(written)
    before = stored()
    assert len(before) == DOCUMENTS

    assert by_all(dispatch, map(StoredDocument.of, before.values())) == []
    dispatched, ids = stored(), set(queued)
    outcomes = count(
        lambda one: after_dispatch(one, written[one], before[one], dispatched[one], one in ids), written, written
    )
    assert outcomes.total() == DOCUMENTS
    assert outcomes.keys() == DISPATCHED.keys()
    check_variety(outcomes, DISPATCHED)

    assert by_all(begin_attempt, ids) == []
    claimed = stored()
    outcomes = count(lambda one: after_claim(one, dispatched[one], claimed[one]), ids, written)
    check_variety(outcomes, CLAIMED)

    sweep(AN_HOUR_LATER)
    swept = stored()
    count(lambda one: standing(one, swept[one].to_dict() or {}), alive(written), written)


def test_documents_that_change_after_their_dispatch() -> None:
    """An admin may spoil what is queued: a claim meets anything, too."""
    written = dict(documents(400))
    write(written)
    assert {type(error) for _, error in by_all(begin_attempt, written)} <= {NotYetDue}
    claimed = stored()
    outcomes = count(lambda one: standing(one, claimed[one].to_dict() or {}), alive(written), written)
    check_variety(outcomes, {"processing": 70, "failed: invalid-job": 100})


def test_documents_that_no_event_told_of(queued: list[str]) -> None:
    """Restored by an admin, say. The sweeper finds those that wait for nothing."""
    written = dict(documents(400))
    write(written)
    sweep(AN_HOUR_LATER)
    swept, ids = stored(), set(queued)
    found = [
        one
        for one, document in written.items()
        if (document.get("status"), document.get("createdAt")) == ("pending", YESTERDAY) and "runAfter" not in document
        if document.get("stage") not in ("paused", "waiting-for-other-jobs") or document.get("cancelRequested") is True
    ]
    outcomes = count(lambda one: "queued" if one in ids else standing(one, swept[one].to_dict() or {}), found, written)
    check_variety(outcomes, {"queued": 50, "failed: invalid-job": 50})
    assert outcomes["pending"] == 0


def alive(written: Mapping[str, Fields]) -> list[str]:
    """The ids of the documents that had not ended when they were written."""
    return [job_id for job_id, document in written.items() if not has_ended(document.get("status"))]


def test_owners_of_any_name_may_be_limited(settings: Callable[..., None]) -> None:
    settings(userLimits={"atOnce": 1, "aDay": 5})
    written = {f"job{count}": {**good(f"job{count}"), "userId": name} for count, name in enumerate(drawn(TEXTS, 200))}
    write(written)
    assert by_all(begin_attempt, written) == []
    claimed = stored()
    outcomes = count(lambda one: standing(one, claimed[one].to_dict() or {}), written, written)
    check_variety(outcomes, {"processing": 50, "failed: invalid-job": 5})


def test_a_document_that_no_event_can_carry(database: firestore.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions framework fails on a reference into another project, and our code never hears of it."""
    monkeypatch.undo()  # the project of the deployed dispatcher
    client.cache_clear()
    elsewhere = firestore.Client(project="another", credentials=database._credentials).document("a/b")
    undecodable, ordinary = jobs().document(), jobs().document()
    undecodable.set({**good(undecodable.id), "input": {"source": elsewhere}})
    news = follow(ordinary, 60)
    next(news)  # listens, before there is anything to hear
    ordinary.set({**good(ordinary.id), "input": {}})
    next(seen for seen in news if "completedAt" in seen)  # the dispatcher lives, and is past the other
    readable = ["status", "error", "errorCode", "completedAt"]
    assert undecodable.get(readable).to_dict() == {"status": "pending"}
    sweep(AN_HOUR_LATER)
    data = undecodable.get(readable).to_dict() or {}
    assert (data["status"], data["errorCode"]) == ("failed", "invalid-job")
    assert "reference into another database" in data["error"]
