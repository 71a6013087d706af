"""The problems of documents, as sentences for app users: none of them is pydantic's."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

import stoker.models
from stoker.models.analytics import AnalyticsEvent
from stoker.models.batch import BatchInput
from stoker.models.document import Model
from stoker.models.job import ProcessingJob
from stoker.models.problems import PROBLEMS_SHOWN, SENTENCES, problems
from stoker.models.video import VideoInput

NOW = datetime(2026, 11, 22, tzinfo=UTC)
JOB = {
    "id": "j1",
    "userId": "ada",
    "type": "video-processing",
    "input": {"source": "user-uploads/ada/cat.mov"},
    "status": "pending",
    "createdAt": NOW,
}


class Colour(Enum):
    """Colours of a frame."""

    RED = "red"
    BLUE = "blue"


class Frame(Model):
    """A picture on a wall, with a field of each kind."""

    title: Annotated[str, Field(min_length=2, max_length=4)] = "cat"
    name: Annotated[str, Field(min_length=1)] = "cat"
    code: Annotated[str, Field(pattern="^[a-z]{3}$")] = "abc"
    hung: bool = True
    width: Annotated[int, Field(ge=1, le=1000)] = 1
    depth: Annotated[float, Field(gt=0, lt=2)] = 1.0
    bought: datetime = NOW
    tags: Annotated[list[str], Field(min_length=2, max_length=3)] = Field(default_factory=lambda: ["a", "b"])
    notes: Annotated[dict[str, int], Field(max_length=1)] = Field(default_factory=dict)
    side: Literal["front", "back"] = "front"
    all: Literal[True] = True
    colour: Colour = Colour.RED
    size: Annotated[str, Field(max_length=2)] | int = "s"


class Copy(Frame):
    """A model whose owner accepts text for other types."""

    model_config = ConfigDict(strict=False)


def problems_of(model: type[Model], data: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as error:
        model.from_firestore(data)
    return problems(error.value, data)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"title": 5}, "title: must be text"),
        ({"title": "\ud800\ud800"}, "title: must be text in valid Unicode"),
        ({"title": "a"}, "title: must have at least 2 characters, and has 1"),
        ({"title": "a" * 5}, "title: must have at most 4 characters, and has 5"),
        ({"name": ""}, "name: must not be empty"),
        ({"code": "ABC"}, "code: must have the form ^[a-z]{3}$"),
        ({"hung": 1}, "hung: must be true or false"),
        ({"width": "5"}, "width: must be a whole number"),
        ({"width": 0}, "width: must be at least 1"),
        ({"width": 1001}, "width: must be at most 1000"),
        ({"depth": "5"}, "depth: must be a number"),
        ({"depth": float("nan")}, "depth: must be a finite number"),
        ({"depth": 0}, "depth: must be more than 0.0"),
        ({"depth": 2}, "depth: must be less than 2.0"),
        ({"bought": "2026-11-22"}, "bought: must be a timestamp"),
        ({"tags": "a"}, "tags: must be a list"),
        ({"tags": ["a"]}, "tags: must have at least 2 items, and has 1"),
        ({"tags": ["a"] * 4}, "tags: must have at most 3 items, and has 4"),
        ({"tags": ["a", 5]}, "tags[1]: must be text"),
        ({"notes": []}, "notes: must be a map"),
        ({"notes": {"a": 1, "b": 2}}, "notes: must have at most 1 field, and has 2"),
        ({"side": "left"}, "side: must be 'front' or 'back', and is 'left'"),
        ({"side": 5}, "side: must be 'front' or 'back'"),
        ({"all": False}, "all: must be true"),
        ({"size": "xxl"}, "size: must have at most 2 characters, and has 3"),
        ({"size": 1.5}, "size: must be text, or a whole number"),
        ({"size": {}}, "size: must be text, or a whole number"),
        ({"ghost": 5}, "ghost: there is no such field"),
        ({5: 5}, "[5]: the name of a field must be text"),
    ],
    ids=str,
)
def test_each_problem_has_a_plain_sentence(data: dict[str, Any], sentence: str) -> None:
    assert problems_of(Frame, data) == [sentence]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"hung": "maybe"}, "hung: must be true or false"),
        ({"width": "wide"}, "width: must be a whole number"),
        ({"width": 1.5}, "width: must be a whole number"),
        ({"depth": "deep"}, "depth: must be a number"),
        ({"bought": "today"}, "bought: must be a timestamp"),
        ({"colour": "green"}, "colour: must be 'red' or 'blue', and is 'green'"),
    ],
    ids=str,
)
def test_a_model_that_accepts_text_for_other_types_has_plain_sentences_too(data: dict[str, Any], sentence: str) -> None:
    assert problems_of(Copy, data) == [sentence]


def test_a_type_of_error_without_a_sentence_keeps_the_message_of_pydantic() -> None:
    class Secret(Model):
        """A value of a type that no model of Stoker has."""

        value: set[int]

    assert problems_of(Secret, {"value": 5}) == ["value: must be a valid set"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "needs 'operation'"),
        ({"operation": "fly"}, "'fly' is not one of 'run-jobs', 'update-tasks'"),
        ({"operation": "run-jobs"}, "jobs: is missing"),
        ({"operation": "run-jobs", "jobs": []}, "jobs: must not be empty"),
        (5, "must be a map"),
    ],
    ids=str,
)
def test_the_input_of_a_batch_has_problems_of_the_operation_that_it_names(data: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        TypeAdapter[Any](BatchInput).validate_python(data)
    assert problems(error.value, data)[0].startswith(sentence)


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        ({"film": []}, "properties.film: must be text, or true or false, or a whole number, or a number"),
        ({"film": {}}, "properties.film: must be text, or true or false, or a whole number, or a number"),
        ({"film": "a\nb"}, "properties.film: must have the form ^[^\\n]{0,500}$"),
        ({"film": float("inf")}, "properties.film: must be a finite number"),
        ({"my film": 5}, "properties.my film: the name must have the form ^[A-Za-z][A-Za-z0-9_]{0,39}$"),
    ],
    ids=str,
)
def test_a_value_that_fits_no_type_of_a_field_has_one_problem(properties: dict[str, Any], sentence: str) -> None:
    event = {"id": "a", "userId": "ada", "name": "video.played", "occurredAt": NOW, "createdAt": NOW, "rolledUp": False}
    assert problems_of(AnalyticsEvent, {**event, "properties": properties}) == [sentence]


ODD: tuple[Any, ...] = (
    None,
    5,
    -1e30,
    float("inf"),
    "",
    "?" * 100_001,
    "\ud800",
    True,
    NOW,
    NOW.replace(tzinfo=None),
    b"",
    [],
    {},
)
"""Values that most fields refuse, each for another reason."""


def odd_values() -> Iterator[Any]:
    yield from ODD
    yield from ([value] for value in ODD)
    yield from ({"a": value} for value in ODD)
    yield from ({"kind": kind, "width": 0, "height": 10**6} for kind in ("mp4", "poster", "hls", "gif"))
    yield [None] * 1001
    yield {f"name {number}": number for number in range(1001)}


def all_models() -> list[type[Model]]:
    found: list[type[Model]] = [Model]
    for module in pkgutil.iter_modules(stoker.models.__path__):
        importlib.import_module(f"stoker.models.{module.name}")
    for model in found:
        found += [one for one in model.__subclasses__() if one.__module__.startswith("stoker.models.")]
    return found[1:]


def test_no_model_lets_a_message_of_pydantic_reach_a_user() -> None:
    kinds, sentences = set[str](), set[str]()
    for model in all_models():
        names = [field.alias or name for name, field in model.model_fields.items()]
        for value in odd_values():
            for data in (dict.fromkeys(names, value), {"ghost": value}):
                try:
                    model.from_firestore(data)
                except ValidationError as error:
                    kinds |= {one["type"] for one in error.errors()}
                    sentences |= {sentence[-300:] for sentence in problems(error, data)}
    assert kinds <= SENTENCES.keys()
    assert {"string_too_long", "string_too_short", "too_long", "too_short", "literal_error", "missing"} <= kinds
    assert [one for one in sentences if "should" in one or "Input" in one or "constrained" in one] == []


def test_a_timestamp_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 22)
    assert problems_of(ProcessingJob, {**JOB, "createdAt": naive}) == ["createdAt: a timestamp needs a time zone"]


def test_every_problem_is_named_as_the_client_wrote_it() -> None:
    named = problems_of(ProcessingJob, {**JOB, "userId": 7, "progress": "50", "status": "paused"})
    assert {problem.split(":")[0] for problem in named} == {"userId", "progress", "status"}


def test_what_is_missing_is_named() -> None:
    assert set(problems_of(ProcessingJob, {})) == {f"{name}: is missing" for name in JOB}


def test_a_flood_of_problems_is_cut() -> None:
    data = {"source": "s", **{f"field{number}": 1 for number in range(100)}}
    with pytest.raises(ValidationError) as error:
        VideoInput.from_firestore(data)
    named = problems(error.value, data)
    assert len(named) == PROBLEMS_SHOWN + 1
    assert named[-1] == "and 80 more"


def test_a_long_name_does_not_flood_the_sentence() -> None:
    data = {"source": "s", "x" * 1500: 1}
    with pytest.raises(ValidationError) as error:
        VideoInput.from_firestore(data)
    assert len(problems(error.value, data)[0]) < 100
