"""Rules for what users may upload, from the constants and the table of formats that the workers go by."""

from collections.abc import Iterable

from stoker import config
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
"""In a part of a name: no control character, and nothing that ends a line."""

_FIRST = _LETTER.replace("/", "/.")

_PART = f"({_FIRST}{_LETTER}*|[.]{_FIRST}{_LETTER}*|[.][.]{_LETTER}+)"
"""A part of a name between two slashes, but `.` and `..`, which a proxy may take for folders."""

NAME = f"user-uploads(/{_PART}){{2,}}"
"""A name in a user's folder. The name of the folder alone is none: exports and deletions look below it."""

FILMS = tuple(accepted for accepted in ACCEPTED if not accepted.animation)
ANIMATIONS = tuple(accepted for accepted in ACCEPTED if accepted.animation)


def upload_function(name: str) -> str:
    """The function that checks the name, the size and the media type of an uploaded file.

    If the media type is unknown, the ending of the name counts.

    Args:
        name: The function's.
    """
    kinds = "|".join(kind.removesuffix("/*") for kind in config.MEDIA_TYPES)
    films = [f"({kinds})/{_SUBTYPE}{_PARAMETERS}"] + [
        kind.replace(".", "[.]") for kind in _types(FILMS) if not kind.startswith(("video/", "audio/"))
    ]
    animations = _types(ANIMATIONS)
    stills = [kind for kind in config.WATERMARK_TYPES if kind not in animations]
    captions = (*config.UNKNOWN_TYPES, "text/plain")
    by_type = (
        (f"file.contentType.matches({literal('|'.join(films))})", config.MAX_SOURCE_BYTES),
        (f"file.contentType in {listed(animations)}", config.MAX_ANIMATION_BYTES),
        (f"file.contentType in {listed(stills)}", config.MAX_WATERMARK_BYTES),
        (f"file.contentType in {listed(config.CAPTIONS_TYPES)}", config.MAX_CAPTIONS_BYTES),
        (f"file.contentType.lower().matches({literal(_LISTS)})", config.MAX_LIST_BYTES),
    )
    by_name = (
        (config.UNKNOWN_TYPES, _endings(FILMS), config.MAX_SOURCE_BYTES),
        (config.UNKNOWN_TYPES, _endings(ANIMATIONS), config.MAX_ANIMATION_BYTES),
        (captions, config.CAPTIONS_ENDINGS, config.MAX_CAPTIONS_BYTES),
        (
            (*config.UNKNOWN_TYPES, *config.VAGUE_LIST_TYPES),
            (*config.CSV_ENDINGS, *config.JSON_ENDINGS),
            config.MAX_LIST_BYTES,
        ),
    )
    checks = [f"({condition} && file.size <= {most})" for condition, most in by_type]
    checks += [
        f"(file.contentType in {listed(types)}\n        && file.name.lower().matches({_ending_in(endings)})"
        f" && file.size <= {most})"
        for types, endings, most in by_name
    ]
    return (
        "// From stoker.config, MEDIA_TYPES and MAX_SOURCE_BYTES and their like, and stoker.sandbox.formats.\n"
        f"function {name}(file) {{\n  return file.name.toUtf8().size() <= {MAX_NAME_BYTES}\n"
        f"    && file.name.matches({literal(NAME)})\n    && (" + "\n      || ".join(checks) + ");\n}"
    )


def _types(kinds: Iterable[Accepted]) -> list[str]:
    return list(dict.fromkeys(media_type for accepted in kinds for media_type in accepted.media_types))


def _endings(kinds: Iterable[Accepted]) -> list[str]:
    return [ending for accepted in kinds for ending in accepted.endings]


def _ending_in(endings: Iterable[str]) -> str:
    return literal(f".*[.]({'|'.join(endings)})")
