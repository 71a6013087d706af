"""The problems of a document, as sentences for app users. pydantic finds the problems; the sentences are Stoker's.

A sentence names the field as the client wrote it, and says what is allowed there.
"""

from collections.abc import Mapping, Sequence, Sized
from typing import Any, Final

from pydantic import ValidationError

PROBLEMS_SHOWN = 20
"""The most problems that are listed. People read no further."""

SENTENCES: Final[Mapping[str, str]] = {
    # fields
    "missing": "is missing",
    "extra_forbidden": "there is no such field",
    "invalid_key": "the name of a field must be text",
    # types, in Firestore's words
    "string_type": "must be text",
    "string_unicode": "must be text in valid Unicode",
    "bytes_type": "must be bytes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "datetime_type": "must be a timestamp",
    "datetime_parsing": "must be a timestamp",
    "datetime_from_date_parsing": "must be a timestamp",
    "datetime_object_invalid": "must be a timestamp",
    "list_type": "must be a list",
    "dict_type": "must be a map",
    "model_type": "must be a map",
    "model_attributes_type": "must be a map",
    # bounds
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "greater_than": "must be more than {gt}",
    "less_than": "must be less than {lt}",
    "string_too_short": "must have at least {least}, and has {length}",
    "string_too_long": "must have at most {most}, and has {length}",
    "bytes_too_short": "must have at least {min_length} bytes",
    "bytes_too_long": "must have at most {max_length} bytes",
    "too_short": "must have at least {least}, and has {length}",
    "too_long": "must have at most {most}, and has {length}",
    # choices
    "literal_error": "must be {expected}{found}",
    "enum": "must be {expected}{found}",
    "union_tag_invalid": "{tag} is not one of {expected_tags}",
    "union_tag_not_found": "needs {discriminator}",
    # forms, and the sentences of our own validators
    "string_pattern_mismatch": "must have the form {pattern}",
    "value_error": "{error}",
}
"""The sentences by the type of pydantic's error. A model that accepts text for other types can raise the types that end
with `_parsing`. Source: https://docs.pydantic.dev/latest/errors/validation_errors/"""

MISSING: Final = object()
"""In the place of a value that is missing. A value may be null."""

EMPTY: Final = "must not be empty"
"""The sentence for a text, a list or a map without content, if one character or item is enough."""


def problems(error: ValidationError, data: object, within: str = "") -> list[str]:
    """Return every problem of a document as a sentence that names the field as the client wrote it.

    At most `PROBLEMS_SHOWN` problems are listed; the last sentence counts the others.

    Args:
        error: The error that reading the document raised.
        data: The document, or the part of it that was read.
        within: The path of that part in the document.

    Example:
        >>> from stoker.models.document import Model
        >>> class Poster(Model):
        ...     width: int
        >>> wrong = {"width": "wide", "hue": 1}
        >>> try:
        ...     Poster.from_firestore(wrong)
        ... except ValidationError as error:
        ...     problems(error, wrong)
        ['width: must be a whole number', 'hue: there is no such field']
    """
    found = every_problem(error, data, within)
    if len(found) > PROBLEMS_SHOWN:
        return [*found[:PROBLEMS_SHOWN], f"and {len(found) - PROBLEMS_SHOWN} more"]
    return found


def every_problem(
    error: ValidationError, data: object, within: str = "", *, names: frozenset[str] | None = None
) -> list[str]:
    """Return every problem of a document as `problems` does, without a limit.

    Args:
        error: The error that reading the document raised.
        data: The document, or the part of it that was read.
        within: The path of that part in the document.
        names: The fields whose problems are returned; None for all fields.
    """
    by_place: dict[tuple[str, int], dict[str, str]] = {}
    for number, one in enumerate(error.errors()):
        if names is not None and one["loc"] and one["loc"][0] not in names:
            continue
        kind, value = one["type"], one["input"]
        path, is_member = _place(one["loc"], data, within, MISSING if kind == "missing" else value)
        sentence = _sentence(kind, one["msg"], one.get("ctx", {}), value)
        if one["loc"][-1:] == ("[key]",):
            sentence = f"the name {sentence}"
        # If a value fits no member of a union, pydantic reports an error for each member. They become one sentence.
        by_place.setdefault((path, -1 if is_member else number), {})[kind] = sentence
    return [f"{path}: {_joined(found)}" if path else _joined(found) for (path, _), found in by_place.items()]


def _joined(found: Mapping[str, str]) -> str:
    """Return one sentence for a value that fits no member of a union, from the sentences by the types of the errors.

    If the value has the type of a member, only the problems of that member are named.
    """
    first, *others = [found[kind] for kind in found if not kind.endswith("_type")] or found.values()
    return ", or ".join([first, *(sentence.removeprefix("must be ") for sentence in others)])


def _sentence(kind: str, message: str, context: Mapping[str, Any], value: object) -> str:
    if kind in ("string_too_short", "too_short") and context["min_length"] == 1:
        return EMPTY
    if kind in SENTENCES:
        return SENTENCES[kind].format_map(_facts(context, value))
    sentence = message.replace("Input should be", "must be").replace(" after validation", "")
    return sentence[0].lower() + sentence[1:]


def _facts(context: Mapping[str, Any], value: object) -> dict[str, Any]:
    facts = dict(context)
    unit = {"List": "item", "Dictionary": "field"}.get(context.get("field_type", ""), "character")
    facts["least"] = _counted(context.get("min_length", 0), unit)
    facts["most"] = _counted(context.get("max_length", 0), unit)
    facts["length"] = f"{len(value):,}" if isinstance(value, Sized) else "more"
    facts["found"] = f", and is {_shortened(value)!r}" if isinstance(value, str) else ""
    facts["tag"] = f"'{_shortened(context.get('tag'))}'"
    if context.get("expected") in ("True", "False"):
        facts["expected"] = context["expected"].lower()
    return facts


def _counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def _shortened(value: object, length: int = 40) -> str:
    text = str(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def _place(location: Sequence[int | str], data: Any, path: str, value: object) -> tuple[str, bool]:
    """Return the path of a problem in the document. The flag is True if the value fits no member of a union.

    Args:
        location: The steps of pydantic, some of which are no fields.
        data: The document, or the part of it that was read.
        path: The path of that part.
        value: The value that has the problem; `MISSING` if it is missing.
    """
    for part in location:
        if data is value:
            return path, True  # A step into a member of a union.
        if part == "[key]":
            continue  # The problem is the name of the field.
        if isinstance(part, int):
            path += f"[{part}]"
        elif isinstance(data, Mapping) and part not in data and part in data.values():
            continue  # A step into the member of a union that a field selects. The document has no field of this name.
        else:
            path += ("." if path else "") + _shortened(part)
        try:
            data = data[part]
        except (TypeError, KeyError, IndexError):
            data = None
    return path, False
