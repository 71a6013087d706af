"""The base of all models: camelCase in Firestore, snake_case in Python, and no fields that are not declared.

App developers read a model's docstring too: as a comment in TypeScript and as a description in a JSON Schema. They get
its first paragraph, and the entries of `Attributes:` that are fields. So put internals into later paragraphs.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel


def _allowed(name: str) -> str:
    if name in (".", "..") or (name.startswith("__") and name.endswith("__")):
        raise ValueError(f"Firestore allows no document '{name}'")
    return name


UserId = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^/\x00-\x1f\x7f]+$"), AfterValidator(_allowed)
]
"""A Firebase Auth uid of at most 128 characters. It becomes the name of a folder and the id of a document, so it may
have no slash and no control characters.
Source: https://firebase.google.com/docs/firestore/quotas (constraints on document ids)."""


def utf_16_units(most: int) -> AfterValidator:
    """Return a validator that limits the length of a text in UTF-16 units, as `size()` counts it in the rules.

    An emoji has two units or more. JavaScript's `length` counts the same. Firestore's emulator counts UTF-16 units.
    Google does not say how production counts, but no other way of counting gives a greater number.

    Args:
        most: The greatest length that passes.

    Example:
        >>> from pydantic import TypeAdapter
        >>> Short = Annotated[str, utf_16_units(3)]
        >>> TypeAdapter(Short).validate_python("a🐈")
        'a🐈'
    """

    def check(text: str | None) -> str | None:
        if text is not None and utf_16_length(text) > most:
            raise ValueError(f"must have at most {most:,} characters, of which an emoji counts as two or more")
        return text

    return AfterValidator(check)


def utf_16_length(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def is_user_id(user_id: object) -> bool:
    """Return whether an account of this uid can have a profile, other documents and files. Admins may choose any uid.

    Example:
        >>> is_user_id("ada"), is_user_id("a/b"), is_user_id("__x__")
        (True, False, False)
    """
    try:
        _user_ids().validate_python(user_id, strict=True)
    except ValidationError:
        return False
    return True


@cache
def _user_ids() -> TypeAdapter[str]:
    return TypeAdapter(UserId)  # Making it takes 90 µs, using it 1 µs. A reconcile checks some 100,000 uids.


def _in_utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise ValueError("a timestamp needs a time zone")
    try:
        utc = time.astimezone(UTC)
    except OverflowError:
        raise ValueError("in UTC, the timestamp lies outside the years 1 to 9999") from None
    # A plain datetime. The client library's own class, with nanoseconds, fails to write the end of the year 9999 back.
    return datetime.combine(utc.date(), utc.timetz())


Timestamp = Annotated[datetime, AfterValidator(_in_utc)]
"""A Firestore timestamp, in UTC."""


DocumentId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$"), AfterValidator(_allowed)]
"""The id of a task or a project.
Source: https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields"""


def is_time_zone(name: str) -> bool:
    """Return whether a name is a zone of this server's tz database, in its own spelling.

    Example:
        >>> is_time_zone("Europe/Berlin"), is_time_zone("europe/berlin"), is_time_zone("Mars/Base")
        (True, False, False)
    """
    return name in _zone_names()


@cache
def _zone_names() -> frozenset[str]:
    # These two files of a tz database name no zone: a placeholder, and the time zone of the machine.
    return frozenset(available_timezones() - {"Factory", "localtime"})


def _known_zone(name: str) -> str:
    if not is_time_zone(name):
        raise ValueError(f"{name!r} is no time zone such as 'Europe/Berlin'")
    return name


KnownTimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
"""A name of the tz database. Source: https://www.iana.org/time-zones"""


LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8}){0,4}$")]
"""A language: a BCP 47 tag such as `en-US`. Older forms (`iw`, `de_DE`) pass too.
Source: https://www.rfc-editor.org/rfc/rfc5646 (section 2.1)."""

Loudness = Annotated[float, Field(ge=-31, le=-9)]
"""The integrated loudness of a sound, in LUFS, as heard from two loudspeakers. Source: ITU-R BS.1770-5."""

SchemaVersion = Literal[1]
"""The version of a document's form. Each migration raises it."""


class Model(BaseModel):
    """A map in Firestore: a document, or a part of a document. Types are not coerced: `"5"` is no number."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
    )

    @classmethod
    def from_firestore(cls, data: Mapping[str, Any]) -> Self:
        """Read a map as `DocumentSnapshot.to_dict()` returns it.

        Args:
            data: The map.

        Raises:
            ValidationError: The data does not fit the model. `problems` turns the error into sentences.
        """
        return cls.model_validate(dict(data))

    def to_firestore(self) -> dict[str, Any]:
        """Return the map that Firestore stores. Fields that are None are left out."""
        return self.model_dump(by_alias=True, exclude_none=True)


class MakesNoFiles(Model):
    """The input of a job that makes no files. Such a job begins even if its owner's storage quota is used up."""


class RetriesFailedItems(Model):
    """The input of a batch that can be run again for its failed items alone.

    The worker reads `earlier_result` of the context, and skips items that are done.
    """
