"""What the README says of the documents is what the models say."""

import re
from typing import Any, get_args

import pytest

from stoker import config
from stoker.models.job import RUNNING_JOBS, HeldStage, Stage
from stoker.models.warnings import WarningCode
from stoker.models.writers import SERVER
from stoker_tools.generate.documents import DOCUMENTS, Document
from stoker_tools.generate.fields import fields_of, without_null
from stoker_tools.setup.environment import ROOT

README = (ROOT / "README.md").read_text()
TABLES = "What a client's new document must hold", "```typescript\nimport { taskConverter"
"""Where the tables begin that tell what documents hold, and where they end."""


ROWS: dict[str, str] = {
    "jobSettings": "adminData/jobs",
    "signUpSettings": "adminData/signUps",
    "completion": "users/{uid}/completions",
}
"""What the rows are called of documents that are not all of a collection's, or not of one at the root."""


def said(document: Document) -> list[str]:
    """The cells of a document's row, behind its name."""
    begin, end = (README.index(mark) for mark in TABLES)
    name = re.escape(ROWS.get(document.name, document.collection))
    [row] = re.findall(rf"^\| `{name}` \|(.*)\|$", README[begin:end], re.MULTILINE)
    return [cell.strip() for cell in row.split("|")]


def words(text: str) -> set[str]:
    """What is set as code."""
    return {word for code in re.findall(r"`([^`]+)`", text) for word in re.findall(r"[\w-]+", code)}


PARTLY_CLIENTS = (config.JOBS, config.ANALYTICS_EVENTS)
"""The server's fields of these are told of elsewhere."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.collection)
def test_every_field_and_every_word_of_an_enumeration_is_named(document: Document) -> None:
    must, may, *_ = said(document)
    schema: dict[str, Any] = document.model.model_json_schema(by_alias=True)
    for field in fields_of(document.model, schema):
        if field.name == "schemaVersion" or (document.collection in PARTLY_CLIENTS and field.writer is SERVER):
            continue
        assert field.name in words(must if field.required else must + may)
        kinds, _ = without_null(field.schema)
        status = document.collection == config.JOBS and field.name == "status"
        for word in ["pending"] if status else kinds.get("enum", []):
            assert word in words(must + may)


def test_every_stage_is_named() -> None:
    [row] = re.findall(r"^\| `stage` \|(.*)\|$", README, re.MULTILINE)
    assert words(row) >= {*get_args(Stage), *get_args(HeldStage), RUNNING_JOBS}


def test_every_warning_is_explained() -> None:
    page = (ROOT / "docs/warnings.md").read_text()
    assert re.findall(r"^\| `([a-z]+-[a-z-]+)` \|", page, re.MULTILINE) == list(get_args(WarningCode))


def test_each_document_says_its_form() -> None:
    for document in DOCUMENTS:
        assert "schema_version" in document.model.model_fields
