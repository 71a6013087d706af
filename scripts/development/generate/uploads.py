"""Rules for what users may upload, from the constants and the table of formats that the workers go by."""

from collections.abc import Iterable

from development.generate.checks import listed, literal
from stoker import config
from stoker.media.formats import ACCEPTED, Accepted

FILMS = tuple(accepted for accepted in ACCEPTED if not accepted.animation)
ANIMATIONS = tuple(accepted for accepted in ACCEPTED if accepted.animation)


def upload_function(name: str) -> str:
    """The function that checks an uploaded file, its size, its media type and, where that is unknown, its name.

    Args:
        name: The function's.
    """
    films = [kind.replace("*", "[^/]+") for kind in config.MEDIA_TYPES] + [
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
        (f"file.contentType in {listed(config.LIST_TYPES)}", config.MAX_LIST_BYTES),
    )
    by_name = (
        (config.UNKNOWN_TYPES, _endings(FILMS), config.MAX_SOURCE_BYTES),
        (config.UNKNOWN_TYPES, _endings(ANIMATIONS), config.MAX_ANIMATION_BYTES),
        (captions, config.CAPTIONS_ENDINGS, config.MAX_CAPTIONS_BYTES),
    )
    checks = [f"({condition} && file.size <= {most})" for condition, most in by_type]
    checks += [
        f"(file.contentType in {listed(types)}\n      && file.name.lower().matches({_ending_in(endings)})"
        f" && file.size <= {most})"
        for types, endings, most in by_name
    ]
    return (
        "// From stoker.config, MEDIA_TYPES and MAX_SOURCE_BYTES and their like, and stoker.media.formats.\n"
        f"function {name}(file) {{\n  return " + "\n    || ".join(checks) + ";\n}"
    )


def _types(kinds: Iterable[Accepted]) -> list[str]:
    return list(dict.fromkeys(media_type for accepted in kinds for media_type in accepted.media_types))


def _endings(kinds: Iterable[Accepted]) -> list[str]:
    return [ending for accepted in kinds for ending in accepted.endings]


def _ending_in(endings: Iterable[str]) -> str:
    return literal(f".*[.]({'|'.join(endings)})")
