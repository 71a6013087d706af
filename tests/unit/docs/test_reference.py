"""The tables that are written by hand name everything that the models have, and the README shows a real run."""

import re
from typing import get_args

import pytest

from stoker import registry
from stoker.models.document import Model
from stoker.models.job import RUNNING_JOBS, HeldStage, JobOutput
from stoker.models.speech import AudioInput
from stoker.models.video import VideoInput, VideoOutput
from stoker.models.warnings import WarningCode
from stoker_tools.generate.documents import documents
from stoker_tools.generate.fields import models_in
from stoker_tools.setup.environment import ROOT
from unit.docs.pages import rows


def words(text: str) -> set[str]:
    """Return the words in code of a text."""
    return {word for code in re.findall(r"`([^`]+)`", text) for word in re.findall(r"[\w-]+", code)}


def names(model: type[Model]) -> set[str]:
    """Return the names of a model's fields in Firestore."""
    return {field.alias or name for name, field in model.model_fields.items()}


def test_every_stage_is_in_the_table_of_jobs() -> None:
    stages = {"queued", "completed", *(stage for kind in registry.job_types().values() for stage in kind.stages)}
    assert words(" ".join(rows("jobs.md", "`stage`"))) >= {*stages, *get_args(HeldStage), RUNNING_JOBS}


def test_every_part_of_an_output_is_in_the_table_of_jobs() -> None:
    shown = words(" ".join(rows("jobs.md", "`output`")))
    assert names(JobOutput) - {"schemaVersion"} <= shown


def test_the_result_of_every_kind_of_output_is_described() -> None:
    kinds = [get_args(model.model_fields["kind"].annotation)[0] for model in models_in(VideoOutput)]
    assert list(rows("video.md", "kind")) == [f"`{kind}`" for kind in kinds]


@pytest.mark.parametrize(("page", "model"), [("video.md", VideoInput), ("speech.md", AudioInput)])
def test_every_field_of_an_input_has_a_row(page: str, model: type[Model]) -> None:
    assert {f"`{name}`" for name in names(model)} == set(rows(page, "field"))


def test_every_warning_is_explained() -> None:
    assert [code.strip("`") for code in rows("warnings.md", "`code`")] == list(get_args(WarningCode))


def test_each_kind_of_document_has_a_version() -> None:
    for document in documents():
        assert "schema_version" in document.model.model_fields


def test_the_readme_is_read_in_five_minutes() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_the_glossary_is_in_alphabetical_order() -> None:
    terms = [term.strip("*") for term in rows("glossary.md", "term")]
    assert terms == sorted(terms)
