"""App developers read the texts of the models' docstrings, and nothing that is internal."""

import json
import re
from typing import Annotated, ClassVar

import pytest
from pydantic import Field

from stoker.models.document import Model
from stoker_tools.generate.docstrings import documentation
from stoker_tools.generate.documents import documents, inputs
from stoker_tools.generate.fields import models_within
from stoker_tools.generate.schemas import described_schema, schemas
from stoker_tools.generate.typescript import declarations

MODELS = sorted(
    {
        model
        for root in [*(document.model for document in documents()), *(one for few in inputs().values() for one in few)]
        for model in (root, *models_within(root))
    },
    key=lambda model: model.__name__,
)


class Paper(Model):
    """A sheet of paper.

    Attributes:
        size_name: The name of the size, such as `A4`. It decides
            `grams_total` as well.
    """

    size_name: str
    grams_total: int = 5


class Letter(Paper):
    """A letter to a friend. It has
    one page.

    The post office keeps copies in a cellar.

    Attributes:
        keep_days: How long the cellar keeps it.
        greeting: The first words.
        cellar: Where copies lie,
            deep below: never tell.
        signed: Whether it is signed.

    Example:
        >>> Letter(size_name="A4", greeting="Hello").signed
        False
    """

    keep_days: ClassVar[int] = 7
    greeting: str
    signed: bool = False

    @property
    def cellar(self) -> str:
        """The cellar."""
        return "north"


class Parcel(Model):
    """A parcel.

    Attributes:
        letter: The letter in it.
    """

    letter: Annotated[list[Letter] | None, Field(max_length=3)] = None


def test_a_model_is_described_by_its_first_paragraph_and_its_fields_alone() -> None:
    found = documentation(Letter)
    assert found.summary == "A letter to a friend. It has one page."
    assert found.fields == {
        "size_name": "The name of the size, such as `A4`. It decides `gramsTotal` as well.",
        "greeting": "The first words.",
        "signed": "Whether it is signed.",
    }


def test_a_model_within_another_is_described_in_the_schema_as_well() -> None:
    schema = described_schema(Parcel)
    assert schema["properties"]["letter"]["description"] == "The letter in it."
    letter = schema["$defs"]["Letter"]
    assert letter["description"] == "A letter to a friend. It has one page."
    assert letter["properties"]["sizeName"]["description"].startswith("The name of the size")
    assert not re.search("cellar|keep|Attributes", json.dumps(schema))


@pytest.mark.parametrize("text", [declarations(), *schemas().values()], ids=["stoker.d.ts", *schemas()])
def test_no_internals_leak(text: str) -> None:
    assert not re.findall(r"Attributes:|Example:|Raises:|>>>|ClassVar|keep_days|`[a-z]+_[a-z_]+`|stoker\.[a-z]+", text)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_described_in_sentences(model: type[Model]) -> None:
    found = documentation(model)
    properties = model.model_json_schema(by_alias=True)["properties"]
    discriminators = {name for name in properties if name in ("kind", "operation") and "const" in properties[name]}
    assert {model.model_fields[name].alias or name for name in found.fields} == set(properties) - discriminators
    for text in (found.summary, *found.fields.values()):
        assert re.fullmatch(r"[A-Z`].*\.", text)
        assert not re.match(r"(What|Who|Whoever|Which|Where|How|Of) ", text)
