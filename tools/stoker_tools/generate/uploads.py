"""Rules for the uploads of users, from the constants and the table of formats that the workers use."""

from collections.abc import Iterable

from stoker import config, features, registry
from stoker.sandbox.formats import ACCEPTED, Accepted
from stoker_tools.generate.checks import listed, literal

MAX_NAME_BYTES = 1024
"""The longest name of an object, in UTF-8. Source: https://cloud.google.com/storage/docs/objects#naming"""

_SUBTYPE = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}"
"""Source: https://www.rfc-editor.org/rfc/rfc6838#section-4.2"""

_VALUE = "[A-Za-z0-9!#$&^_.+, -]{0,100}"
"""The value of a parameter. Browsers write a list of codecs with and without quotes: `video/webm;codecs=vp9,opus`."""

_PARAMETERS = f'( *; *{_SUBTYPE}=({_VALUE}|"{_VALUE}")){{0,3}}'

_LISTS = f'({"|".join(config.LIST_TYPES).replace(".", "[.]")})( *; *charset="?[a-z0-9_.:-]{{1,40}}"?)?'
"""The media types of lists, in small letters."""

_LETTER = r"[^/\x00-\x1f\x7f-\x9f\x{2028}\x{2029}]"
"""A character in a part of a name. Slashes, control characters and line separators are refused."""

_FIRST = _LETTER.replace("/", "/.")

_PART = f"({_FIRST}{_LETTER}*|[.]{_FIRST}{_LETTER}*|[.][.]{_LETTER}+)"
"""A part of a name between two slashes. `.` and `..` are refused, because a proxy may take them for folders."""

NAME = f"user-uploads(/{_PART}){{2,}}"
"""The name of an object in a user's folder. The folder's own name is refused, because exports and deletions list only
the objects below it."""

FILMS = tuple(accepted for accepted in ACCEPTED if not accepted.animation)
ANIMATIONS = tuple(accepted for accepted in ACCEPTED if accepted.animation)


def upload_function(name: str) -> str:
    """Return the function that checks the name, the size and the media type of an uploaded file.

    If the media type is unknown, the ending of the name is checked. Only files are accepted that a feature of the app
    or a type of job of the app uses.

    Args:
        name: The name of the function.
    """
    checks = [
        *(_of_films() if features.has("video") else ()),
        *(_of_lists() if features.has("batch") else ()),
        *_of_own_types(),
    ]
    return (
        "// From stoker.sandbox.formats, and from stoker.config: MEDIA_TYPES, MAX_SOURCE_BYTES and others.\n"
        f"function {name}(file) {{\n  return file.name.toUtf8().size() <= {MAX_NAME_BYTES}\n"
        f"    && file.name.matches({literal(NAME)})\n    && (" + "\n      || ".join(checks or ["false"]) + ");\n}"
    )


def _of_films() -> list[str]:
    kinds = "|".join(kind.removesuffix("/*") for kind in config.MEDIA_TYPES)
    films = [f"({kinds})/{_SUBTYPE}{_PARAMETERS}"] + [
        kind.replace(".", "[.]") for kind in _types(FILMS) if not kind.startswith(("video/", "audio/"))
    ]
    animations = _types(ANIMATIONS)
    stills = [kind for kind in config.WATERMARK_TYPES if kind not in animations]
    return [
        _check(f"file.contentType.matches({literal('|'.join(films))})", config.MAX_SOURCE_BYTES),
        _check(f"file.contentType in {listed(animations)}", config.MAX_ANIMATION_BYTES),
        _check(f"file.contentType in {listed(stills)}", config.MAX_WATERMARK_BYTES),
        _check(f"file.contentType in {listed(config.CAPTIONS_TYPES)}", config.MAX_CAPTIONS_BYTES),
        _check_name(config.UNKNOWN_TYPES, _endings(FILMS), config.MAX_SOURCE_BYTES),
        _check_name(config.UNKNOWN_TYPES, _endings(ANIMATIONS), config.MAX_ANIMATION_BYTES),
        _check_name((*config.UNKNOWN_TYPES, "text/plain"), config.CAPTIONS_ENDINGS, config.MAX_CAPTIONS_BYTES),
    ]


def _of_lists() -> list[str]:
    unclear = (*config.UNKNOWN_TYPES, *config.VAGUE_LIST_TYPES)
    return [
        _check(f"file.contentType.lower().matches({literal(_LISTS)})", config.MAX_LIST_BYTES),
        _check_name(unclear, (*config.CSV_ENDINGS, *config.JSON_ENDINGS), config.MAX_LIST_BYTES),
    ]


def _of_own_types() -> list[str]:
    own = registry.job_types().values()
    return [
        *(_check(f"file.contentType in {listed(one.uploads)}", one.max_upload_bytes) for one in own if one.uploads),
        *(
            _check_name(config.UNKNOWN_TYPES, one.upload_endings, one.max_upload_bytes)
            for one in own
            if one.upload_endings
        ),
    ]


def _check(condition: str, most: int) -> str:
    return f"({condition} && file.size <= {most})"


def _check_name(types: Iterable[str], endings: Iterable[str], most: int) -> str:
    return (
        f"(file.contentType in {listed(types)}\n        && file.name.lower().matches({_ending_in(endings)})"
        f" && file.size <= {most})"
    )


def _types(kinds: Iterable[Accepted]) -> list[str]:
    return list(dict.fromkeys(media_type for accepted in kinds for media_type in accepted.media_types))


def _endings(kinds: Iterable[Accepted]) -> list[str]:
    return [ending for accepted in kinds for ending in accepted.endings]


def _ending_in(endings: Iterable[str]) -> str:
    return literal(f".*[.]({'|'.join(endings)})")
