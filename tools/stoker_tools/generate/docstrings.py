"""The texts for app developers in a model's docstring: about the model, and about each of its fields."""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stoker.models.document import Model

SECTION = re.compile(r"^(?:Args|Attributes|Example|Raises|Returns|Yields):$", re.MULTILINE)
"""The first line of a section of a docstring. Source: https://google.github.io/styleguide/pyguide.html#383-functions-and-methods"""

ENTRY = re.compile(r"^    (\w+): (.*(?:\n {5,}\S.*)*)", re.MULTILINE)
"""An entry of a section, with its indented further lines."""

NAME = re.compile(r"`(\w+)`")


@dataclass(frozen=True)
class Documentation:
    """The texts for app developers about a model.

    Attributes:
        summary: The first paragraph of the docstring. Later paragraphs are for people who work on the model.
        fields: The text about each field, by the field's name in Python. Entries of `Attributes:` that are no fields,
            such as class variables and properties, are internals and are left out.
    """

    summary: str
    fields: Mapping[str, str]


def documentation(model: type[Model]) -> Documentation:
    """Read a model's docstring, and those of the models that it inherits fields from.

    A field's name between backticks becomes the name that Firestore has, in camelCase.

    Args:
        model: The model.
    """
    fields: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, Model) and "__doc__" in vars(base):
            fields |= _entries(base)
    names = {name: field.alias or name for name, field in model.model_fields.items()}
    return Documentation(
        _in_camel_case(_summary(model), names),
        {name: _in_camel_case(text, names) for name, text in fields.items() if name in names},
    )


def _summary(model: type[Model]) -> str:
    text = inspect.cleandoc(model.__doc__ or "")
    section = SECTION.search(text)
    before = text[: section.start()] if section else text
    return _joined(before.partition("\n\n")[0])


def _entries(model: type[Model]) -> dict[str, str]:
    return {name: _joined(text) for name, text in _entries_in(inspect.cleandoc(model.__doc__ or ""))}


def _entries_in(text: str) -> Iterator[tuple[str, str]]:
    sections = SECTION.split(text)[1:]
    for title, section in zip(SECTION.findall(text), sections, strict=True):
        if title == "Attributes:":
            yield from ENTRY.findall(section)


def _joined(lines: str) -> str:
    return " ".join(lines.split())


def _in_camel_case(text: str, names: Mapping[str, str]) -> str:
    return NAME.sub(lambda found: f"`{names.get(found[1], found[1])}`", text)
