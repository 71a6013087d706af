"""Rules for what users may upload, from the constants that the workers go by."""

from development.generate.checks import function, literal
from stoker import config


def upload_function(name: str) -> str:
    """The function that checks an uploaded file, its size and its media type.

    Args:
        name: The function's.
    """
    types = "|".join(content_type.replace("*", "[^/]+") for content_type in config.UPLOAD_CONTENT_TYPES)
    checks = [f"file.size <= {config.MAX_SOURCE_BYTES}", f"file.contentType.matches({literal(types)})"]
    return "// From stoker.config, MAX_SOURCE_BYTES and UPLOAD_CONTENT_TYPES: change it there.\n" + function(
        name, ["file"], checks
    )
