"""Rules for what users may upload, from the constants that the workers go by."""

from development.generate.checks import listed, literal
from stoker import config


def upload_function(name: str) -> str:
    """The function that checks an uploaded file, its size and its media type.

    Args:
        name: The function's.
    """
    media = literal("|".join(content_type.replace("*", "[^/]+") for content_type in config.MEDIA_TYPES))
    return (
        "// From stoker.config, MEDIA_TYPES, MAX_SOURCE_BYTES, LIST_TYPES and MAX_LIST_BYTES: change it there.\n"
        f"function {name}(file) {{\n"
        f"  return (file.contentType.matches({media}) && file.size <= {config.MAX_SOURCE_BYTES})\n"
        f"    || (file.contentType in {listed(config.LIST_TYPES)} && file.size <= {config.MAX_LIST_BYTES});\n"
        "}"
    )
