"""Rules for what users may upload, from the constants that the workers go by."""

from development.generate.checks import listed, literal
from stoker import config


def upload_function(name: str) -> str:
    """The function that checks an uploaded file, its size and its media type.

    Args:
        name: The function's.
    """
    media = literal("|".join(content_type.replace("*", "[^/]+") for content_type in config.MEDIA_TYPES))
    others = (
        (config.WATERMARK_TYPES, config.MAX_WATERMARK_BYTES),
        (config.CAPTIONS_TYPES, config.MAX_CAPTIONS_BYTES),
        (config.LIST_TYPES, config.MAX_LIST_BYTES),
    )
    checks = [f"(file.contentType.matches({media}) && file.size <= {config.MAX_SOURCE_BYTES})"]
    checks += [f"(file.contentType in {listed(types)} && file.size <= {most})" for types, most in others]
    return (
        "// From stoker.config, MEDIA_TYPES and MAX_SOURCE_BYTES and their like: change it there.\n"
        f"function {name}(file) {{\n  return " + "\n    || ".join(checks) + ";\n}"
    )
