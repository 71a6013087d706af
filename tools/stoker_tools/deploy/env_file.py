"""A file of parameters, such as `functions/.env`, read as the Firebase CLI reads it. `env_files.cjs` does the same.

Python-dotenv differs: it takes `#` for a part of a value if no space stands before it.
"""

import re
from pathlib import Path

LINE = re.compile(
    r"""^\s*(?:export)?\s*([A-Za-z0-9_./]+)\s*=[\f\t\v]*(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|[^#\r\n]*)?"""
    r"""\s*(?:#[^\n]*)?$""",
    re.MULTILINE | re.DOTALL,
)
"""A setting. Source: firebase-tools 15.34.2, lib/functions/env.js"""

QUOTED = re.compile(r"""(["'])(.*)\1""", re.DOTALL)

ESCAPED = {r"\n": "\n", r"\r": "\r", r"\t": "\t", r"\v": "\v", r"\\": "\\", r"\'": "'", r"\"": '"'}


def values(file: Path) -> dict[str, str]:
    """Return the values of a file by their names; none if the file does not exist. The last of several values wins.

    Args:
        file: The file.
    """
    return parsed(file.read_text(encoding="utf-8")) if file.exists() else {}


def parsed(text: str) -> dict[str, str]:
    r"""Return the values of a text by their names.

    Args:
        text: The content of a file.

    Example:
        >>> parsed('STOKER_REGION=us-east1  # near the users\nMOTTO="a # b"')
        {'STOKER_REGION': 'us-east1', 'MOTTO': 'a # b'}
    """
    return {match[1]: _unquoted((match[2] or "").strip()) for match in LINE.finditer(text)}


def _unquoted(value: str) -> str:
    quoted = QUOTED.fullmatch(value)
    if not quoted:
        return value
    if quoted[1] == "'":
        return quoted[2]
    return re.sub(r"""\\[nrtv\\'"]""", lambda found: ESCAPED[found[0]], quoted[2])
