"""Figures of declared queries, in the Firestore emulator and beside an oracle."""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoker import Aggregations, alternative, any_of, own_documents, query
from stoker.aggregations import aggregation_requests, document_stream
from stoker.errors import QueryNotDeclared, TooManyDocuments, TooManyGroups
from stoker.extend.app_query import forget_query
from stoker.firestore import raw
from stoker.firestore.client import client
from stoker.own_documents import OwnDocument

LESSONS = "lessons"
START = datetime(2026, 10, 24, 22, tzinfo=UTC)
Document = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def _lessons() -> Iterator[None]:
    """Lessons, whose model requires `minutes` and `words`, and their queries, in a project of these tests' own."""
    before = os.environ["GCLOUD_PROJECT"]
    os.environ["GCLOUD_PROJECT"] = f"demo-{uuid4().hex[:20]}"
    client.cache_clear()
    own_documents.add(OwnDocument(LESSONS, "unit.aggregations.lesson:Lesson", "lesson", (), (), (), ()))
    sums = ["minutes", "words", "rating", "price"]
    declared = [
        query(LESSONS, equals=["userId"], sums=sums),
        query(LESSONS, equals=["userId"], ranges_over="minutes", sums=sums),
        query(LESSONS, equals=["userId"], order=["-startedAt"]),
        query(
            LESSONS,
            equals=["userId"],
            any_of=[alternative(equals=["topic"]), alternative(ranges_over="minutes")],
            sums=sums,
        ),
    ]
    yield
    for one in declared:
        forget_query(one)
    own_documents.remove(LESSONS)
    os.environ["GCLOUD_PROJECT"] = before
    client.cache_clear()


def written(lessons: Sequence[Document]) -> str:
    """Write lessons of a new user; return the user's id."""
    user = uuid4().hex
    batch = client().batch()
    for number, lesson in enumerate(lessons):
        batch.create(
            client().collection(LESSONS).document(f"{user}-{number:05}"),
            {"userId": user, "startedAt": START + timedelta(hours=number), "minutes": 0, "words": 0, **lesson},
        )
    batch.commit()
    return user


# --- The figures that Firestore makes --------------------------------------------------------------------------------


def test_a_figure_is_right_although_documents_lack_the_fields_of_others() -> None:
    lessons = [{"minutes": number, "words": 2, "rating": 4} for number in range(5)]
    user = written([*lessons, *({"minutes": 10, "price": 1.5} for _ in range(5))])
    figures = Aggregations(LESSONS, {"userId": user}).figures(
        sums=["minutes", "words", "rating", "price"], averages=["rating", "minutes"]
    )
    assert figures.count == 10
    assert figures.sums == {"minutes": 60, "words": 10, "rating": 20, "price": 7.5}
    assert figures.averages == {"rating": 4.0, "minutes": 6.0}
    assert (figures.reads, figures.warnings) == (4, ())
    # In one request, the count and the sum are those of the documents that have every field.
    naive: Any = client().collection(LESSONS).where(filter=FieldFilter("userId", "==", user)).count(alias="count")
    answers = {one.alias: one.value for one in naive.sum("rating", alias="sum").get()[0]}
    assert answers == {"count": 5, "sum": 20}


def test_nothing_has_no_average_and_the_sum_0() -> None:
    nobody = Aggregations(LESSONS, {"userId": uuid4().hex})
    assert (nobody.count(), nobody.sum("price"), nobody.average("price")) == (0, 0, None)
    only_texts = Aggregations(LESSONS, {"userId": written([{"price": "cheap"}, {"price": None}])})
    assert (only_texts.count(), only_texts.sum("price"), only_texts.average("price")) == (2, 0, None)


def test_documents_from_before_a_field_was_required_are_counted() -> None:
    user = written([{"minutes": 5, "words": 2, "rating": 4}] * 3)
    client().collection(LESSONS).add({"userId": user, "startedAt": START, "minutes": 7, "rating": 4})
    lessons = Aggregations(LESSONS, {"userId": user})
    figures = lessons.figures(sums=["minutes", "rating"])
    assert (lessons.count(), lessons.cost(sums=["minutes"]).documents, figures.count) == (4, 4, 4)
    assert figures.sums == {"minutes": 15, "rating": 16}
    assert figures.warnings == (
        "The sums and averages of minutes, words are of 3 documents, but the query finds 4. Documents from before a "
        "field was required lack it. Write the missing values into them.",
    )
    assert figures.reads == 3
    assert lessons.figures(sums=["rating"]).warnings == lessons.figures(count=False, sums=["minutes"]).warnings == ()


def test_an_object_counts_the_same_documents_whichever_declared_query_has_the_sums() -> None:
    notes = f"notes{uuid4().hex[:12]}"
    declared = [
        query(notes, equals=["userId"], order=["dueAt"]),
        query(notes, equals=["userId"], sums=["total"]),
        query(notes, equals=["userId"], order=["-dueAt"], sums=["total", "hours"]),
        query(notes, equals=["userId"], order=["doneAt"], leaves_out=["doneAt"], sums=["price"]),
        query(notes, equals=["userId"], sums=["words"]),
    ]
    for document in ({"total": 1, "words": 1, "dueAt": 1}, {"total": 2, "words": 2}):
        client().collection(notes).add({"userId": "ada", **document})
    try:
        found = Aggregations(notes, {"userId": "ada"})
        figures = found.figures(sums=["total"])
        counts = {found.count(), figures.count, found.cost(sums=["total"]).documents, figures.sums["total"]}
        assert counts == {sum(group.count for group in found.group_by("userId"))} == {1}
        with pytest.raises(QueryNotDeclared, match="adds up price"):
            found.sum("price")
        with pytest.raises(QueryNotDeclared, match="finds other documents"):
            found.sum("words")
        assert Aggregations(declared[4], {"userId": "ada"}).sum("words") == 3
    finally:
        for one in declared:
            forget_query(one)


def test_all_figures_are_of_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    user = written([{"rating": 1, "price": 1}])
    aggregate = raw.aggregate

    def meanwhile(*arguments: Any) -> Any:
        answer = aggregate(*arguments)
        client().collection(LESSONS).add({"userId": user, "minutes": 1, "words": 1, "rating": 1, "price": 1})
        return answer

    monkeypatch.setattr(raw, "aggregate", meanwhile)
    lessons = Aggregations(LESSONS, {"userId": user})
    figures = lessons.figures(sums=["minutes", "rating", "price"])
    assert (figures.count, *figures.sums.values()) == (1, 0, 1, 1)
    again = Aggregations(LESSONS, {"userId": user}, read_time=figures.read_time)
    assert again.count() == 1
    assert len(again.top("rating")) == 1
    assert lessons.count() > 1


def test_what_is_not_declared_is_refused() -> None:
    with pytest.raises(QueryNotDeclared, match=r"adds up likes.*sums=\['likes'\]"):
        Aggregations(LESSONS, {"userId": "ada"}).sum("likes")
    with pytest.raises(QueryNotDeclared):
        Aggregations(LESSONS, {"topic": "verbs"})


def test_the_price_is_told_before() -> None:
    lessons = Aggregations(LESSONS, {"userId": written([{"rating": 1}] * 3)})
    cost = lessons.cost(sums=["minutes", "rating"], averages=["price"])
    assert (cost.documents, cost.count_reads, cost.streaming_reads) == (3, 4, 4)
    assert lessons.figures(sums=["minutes", "rating"], averages=["price"]).reads == cost.count_reads
    assert lessons.group_by("rating").reads == cost.streaming_reads


VALUES = st.one_of(
    st.sampled_from([2**63 - 1, -(2**63), 0, -0.0, math.nan, math.inf, -math.inf, 0.1, 1e300, None, True, "5", [7]]),
    st.integers(-10, 10),
    st.floats(-100, 100),
)
LESSON = st.fixed_dictionaries(
    {"minutes": st.integers(0, 60), "words": st.integers(0, 5), "topic": st.sampled_from(["verbs", "nouns"])},
    optional={"rating": VALUES, "price": VALUES},
)
FEW = settings(max_examples=12, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=600, suppress_health_check=list(HealthCheck))


def numbers(lessons: Sequence[Document], field: str) -> list[int | float]:
    """Return the numbers of a field."""
    found = [lesson.get(field) for lesson in lessons]
    return [one for one in found if isinstance(one, int | float) and not isinstance(one, bool)]


def total(found: Sequence[int | float]) -> int | float:
    """Return the sum as Firestore documents it."""
    if any(isinstance(one, float) for one in found):
        return float(sum(found))
    return sum(found) if sum(found) in range(-(2**63), 2**63) else float(sum(found))


def same(found: float | None, wanted: float | None, size: float) -> bool:
    """Return whether two figures are equal but for rounding."""
    if found is None or wanted is None:
        return found is wanted
    if math.isnan(wanted):
        return math.isnan(found)
    return found == wanted or abs(found - wanted) <= size * 1e-12


def check_figures(lessons: list[Document], least: int) -> None:
    """Compare all figures of some lessons with an oracle, for three queries."""
    user = written(lessons)
    long = [one for one in lessons if one["minutes"] >= least]
    cases: list[tuple[Any, list[Document]]] = [
        ({"userId": user}, lessons),
        ([("userId", "==", user), ("minutes", ">=", least)], long),
        (
            [("userId", "==", user), any_of(("topic", "==", "verbs"), ("minutes", ">=", least))],
            [one for one in lessons if one["topic"] == "verbs" or one["minutes"] >= least],
        ),
    ]
    fields = ["minutes", "words", "rating", "price"]
    for filters, wanted in cases:
        figures = Aggregations(LESSONS, filters).figures(sums=fields, averages=fields)
        assert figures.count == len(wanted)
        for field in fields:
            found = numbers(wanted, field)
            size = float(sum(abs(one) for one in found))
            assert same(figures.sums[field], total(found), size), field
            average = float(total(found)) / len(found) if found else None
            assert same(figures.averages[field], average, size), field
        groups = Aggregations(LESSONS, filters).group_by("topic", sums=fields, averages=fields)
        assert sum(group.count for group in groups) == len(wanted)
        for group in groups:
            of_topic = [one for one in wanted if one["topic"] == group.value]
            for field in fields:
                found = numbers(of_topic, field)
                assert same(group.sums[field], total(found), float(sum(abs(one) for one in found)))
                assert (group.averages[field] is None) == (not found)


@pytest.mark.slow
@FEW
@given(st.lists(LESSON, max_size=8), st.integers(0, 60))
def test_figures_are_those_of_an_oracle(lessons: list[Document], least: int) -> None:
    check_figures(lessons, least)


@pytest.mark.soak
@MANY
@given(st.lists(LESSON, max_size=30), st.integers(0, 60))
def test_many_figures_are_those_of_an_oracle(lessons: list[Document], least: int) -> None:
    check_figures(lessons, least)


# --- The figures that are made of every document ---------------------------------------------------------------------


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three documents."""
    monkeypatch.setattr(document_stream, "PAGE", 3)


@pytest.mark.usefixtures("small_pages")
def test_groups() -> None:
    topics = ["verbs", "verbs", "nouns", 1, 1.0, True, None, math.nan, math.nan, [1], {"a": 1}, "x" * 2000]
    user = written([{"topic": topic, "rating": number} for number, topic in enumerate(topics)] + [{"rating": 9}])
    found = Aggregations(LESSONS, {"userId": user}).group_by("topic", sums=["rating"], averages=["price"])
    # The largest groups come first, and of equal groups the one that the query finds first.
    assert [(group.value, group.count, group.sums["rating"]) for group in found if group.value == group.value] == [
        *(("verbs", 2, 1), (1, 2, 7), ("nouns", 1, 2), (True, 1, 5), (None, 1, 6))
    ]
    assert [(group.count, group.sums["rating"]) for group in found if group.value != group.value] == [(2, 15)]
    assert {type(group.value) for group in found if group.value == 1} == {int, bool}
    assert found[0].averages == {"price": None}
    assert (found.documents, len(found)) == (13, 6)
    assert found.warnings == (
        "price is missing in 9 documents, which its figures leave out.",
        "topic has more than 1,500 bytes in 1 document, which its figures leave out.",
        "topic is a list, a map, a place or a vector in 2 documents, which its figures leave out.",
        "topic is missing in 1 document, which its figures leave out.",
    )


@pytest.mark.usefixtures("small_pages")
def test_documents_that_change_meanwhile_are_read_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    user = written([{"topic": f"topic {number}"} for number in range(10)])
    references = [client().collection(LESSONS).document(f"{user}-{number:05}") for number in range(10)]
    limited_count = aggregation_requests.limited_count

    def meanwhile(*arguments: Any) -> Any:
        answer = limited_count(*arguments)
        for number, reference in enumerate(references):
            if number % 2:
                reference.delete()
            else:
                reference.update({"topic": "changed"})
        return answer

    monkeypatch.setattr(document_stream, "limited_count", meanwhile)
    lessons = Aggregations(LESSONS, {"userId": user})
    assert {group.value for group in lessons.group_by("topic")} == {f"topic {number}" for number in range(10)}
    monkeypatch.undo()
    assert [group.value for group in lessons.group_by("topic")] == ["changed"]


@pytest.mark.usefixtures("small_pages")
def test_days_of_a_time_zone() -> None:
    # 50 hours from midnight in Berlin, on the day before the clocks change.
    user = written([*({"minutes": 1, "words": number} for number in range(50)), {"startedAt": "soon"}])
    days = Aggregations(LESSONS, {"userId": user}).buckets(
        "startedAt", "day", time_zone="Europe/Berlin", sums=["minutes"], averages=["words"]
    )
    assert [(day.start.isoformat(), day.count, day.sums["minutes"], day.averages["words"]) for day in days] == [
        ("2026-10-25T00:00:00+02:00", 25, 25, 12.0),
        ("2026-10-26T00:00:00+01:00", 24, 24, 36.5),
        ("2026-10-27T00:00:00+01:00", 1, 1, 49.0),
    ]
    assert days.warnings == ("startedAt is no time in 1 document, which its figures leave out.",)
    with pytest.raises(TooManyGroups):
        Aggregations(LESSONS, {"userId": user}).buckets("startedAt", timedelta(minutes=1), limit=20)


def test_times_at_the_ends_of_the_calendar() -> None:
    times = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), START]
    lessons = Aggregations(LESSONS, {"userId": written([{"startedAt": time} for time in times])})
    for every in ("day", "week", "month", timedelta(days=400)):
        for zone in ("Asia/Tokyo", "America/New_York"):
            found = lessons.buckets("startedAt", every, time_zone=zone)
            left_out = sum(int(line.split(" in ")[-1].split()[0]) for line in found.warnings)
            assert sum(bucket.count for bucket in found) + left_out == 3


@pytest.mark.usefixtures("small_pages")
def test_percentiles_and_the_largest() -> None:
    ratings: list[Any] = [*range(20), math.nan, "19", None]
    priced = [{"rating": rating, "price": -rating} for rating in ratings[:20]]
    user = written([*priced, *({"rating": rating} for rating in ratings[20:])])
    lessons = Aggregations(LESSONS, {"userId": user})
    found = lessons.percentiles("rating", [0, 50, 95, 100])
    assert dict(found) == {0: 0, 50: 9, 95: 18, 100: 19}
    assert (found.measured, found.documents) == (20, 23)
    assert found.warnings == (
        "rating is NaN in 1 document, which its figures leave out.",
        "rating is no number in 2 documents, which its figures leave out.",
    )
    best = lessons.top("rating", 3)
    assert [(one["rating"], one["price"], one["id"]) for one in best] == [
        (rating, -rating, f"{user}-{rating:05}") for rating in (19, 18, 17)
    ]
    assert best.reads == 23 + 1 + 3
    assert [one["rating"] for one in lessons.top("startedAt", 2, kind="time")] == [None, "19"]
    assert [one["rating"] for one in lessons.top("rating", kind="text")] == ["19"]


METHODS: dict[str, Callable[..., Any]] = {
    "group_by": lambda lessons, **more: lessons.group_by("topic", **more),
    "buckets": lambda lessons, **more: lessons.buckets("startedAt", "day", **more),
    "percentiles": lambda lessons, **more: lessons.percentiles("minutes", **more),
    "top": lambda lessons, **more: lessons.top("minutes", **more),
}


@pytest.mark.parametrize("name", METHODS)
def test_too_many_documents_are_refused_before_they_are_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lessons = Aggregations(LESSONS, {"userId": written([{"topic": "verbs"}] * 4)})
    METHODS[name](lessons, max_documents=4)

    def refused(*_: Any) -> Any:
        raise AssertionError("The documents are read.")

    monkeypatch.setattr(raw, "run_message", refused)
    with pytest.raises(TooManyDocuments, match="more than 3 documents"):
        METHODS[name](lessons, max_documents=3)


@pytest.mark.parametrize("name", METHODS)
def test_no_document_is_no_error(name: str) -> None:
    found = METHODS[name](Aggregations(LESSONS, {"userId": uuid4().hex}))
    assert found.documents == 0
    assert not [one for one in found if name != "percentiles"]


def test_more_groups_than_wanted_are_refused() -> None:
    user = written([{"topic": f"{number}"} for number in range(4)])
    with pytest.raises(TooManyGroups, match="more than 3 groups"):
        Aggregations(LESSONS, {"userId": user}).group_by("topic", limit=3)
