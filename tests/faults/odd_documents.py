"""Documents in place of jobs: valid, nearly valid, hostile and huge ones."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from google.cloud.firestore_v1 import GeoPoint
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from stoker.firestore.client import client

WAITING = ("waiting-for-other-jobs", "waiting-for-other-users")
"""The stages of jobs that the ends of other jobs wake."""

HUGE = 20
"""So many of them leave no room for a sentence."""

Fields = dict[str, Any]
Value = TypeVar("Value")

NOW = datetime.now(UTC)
LONG_AGO, FAR_AHEAD = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
AN_HOUR_LATER = NOW + timedelta(hours=1)
"""A creation time at which every pending job has waited for too long."""

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

KEYS = 5
"""So few that of a thousand documents, several hold the same."""

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
    "dedupeKey": st.integers(0, 49).map(lambda number: f"key-{number % KEYS}") | TEXTS,
    "runAfter": TIMES,
    "stage": st.sampled_from(["queued", "encoding", "running-jobs", "paused", *WAITING]),
    "progress": st.sampled_from([0, 50, 99.9, 100, 100.1, -1]),
    "attempt": st.integers(-1, 6),
    "maxAttempts": st.integers(0, 21),
    "attempts": st.lists(ATTEMPT, max_size=3),
    "lease": nearly(token=st.sampled_from(["t", ""]), expiresAt=TIMES),
    "parentId": st.integers(0, 1_000).map(lambda number: f"job{number}") | TEXTS,
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
    """Draw values, or take all if there are fewer. `-p randomly_seed=...` with pytest's seed repeats the draw."""
    values: list[Value] = []

    @seed(random.getrandbits(64))
    @settings(max_examples=number, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value: Value) -> None:
        values.append(value)

    collect()
    return values


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
    """Return the fields of a job that is worked on, or was when its worker last wrote."""
    lease = {"token": "t", "expiresAt": random.choice([YESTERDAY, TOMORROW])}
    return {"status": "processing", "attempt": random.randint(1, 5), "startedAt": YESTERDAY, "lease": lease}


def documents(number: int) -> Iterator[tuple[str, Fields]]:
    """Return ids and documents. Each is a valid document with up to four changed fields, or with a missing field."""
    # Drawn by field and put together here: drawing whole documents takes hypothesis ten times as long.
    plausible = {name: drawn(strategy, 100) for name, strategy in PLAUSIBLE.items()}
    garbage = drawn(GARBAGE, min(1_000, number // 4))
    for count in range(number):
        job_id = f"{random.choice(IDS) if random.random() < 0.04 else 'job'}{count}"
        document = good(job_id) | (running() if random.random() < 0.15 else {})
        for name in random.sample([*PLAUSIBLE, *OPTIONAL], random.randrange(5)):
            document[name] = random.choice(garbage if random.random() < 0.2 else plausible[name])
        if random.random() < 0.08:
            del document[random.choice([*CLIENTS])]
        yield job_id, document


def huge_documents() -> Iterator[tuple[str, Fields]]:
    """Return documents of nearly a megabyte, in different fields. Some of them could run."""
    for count in range(HUGE):
        job_id = f"huge{count}"
        junk = {"junk": "x" * (1024 * 1024 - 400)}
        name = ("input", "checkpoint", "note", "attempts")[count % 4]
        yield (
            job_id,
            {**good(job_id), "userId": ("ada", 7)[count // 4 % 2], name: [junk] if name == "attempts" else junk},
        )
