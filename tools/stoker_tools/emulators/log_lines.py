"""The log of a suite as people read it. The Firebase CLI writes the functions' own log lines as JSON."""

import json
import re
from typing import Any

JSON_LINE = re.compile(r">\s+(\{.*\})\s*")
FINISHED = re.compile(r'i\s+functions: Finished "(?:[a-z]+-[a-z]+\d+-)?(?P<name>[^"]+)" in (?P<milliseconds>[\d.]+)ms')
LEFT_OUT = re.compile(r"i\s+functions: (?:Beginning execution of|Loaded environment variables from) ")
"""The CLI writes these lines at each call of a function."""

LEVELS = {"⚠": "WARNING", "⬢": "ERROR"}
"""The first letters of lines in which the CLI warns or complains."""


def readable(line: str, time: str) -> str | None:
    """Return a line of the log as text: the time, the level, the job and the message. None if it says nothing new.

    Args:
        line: A line of the log.
        time: The time of the line.

    Example:
        >>> readable('>  {"severity": "INFO", "jobId": "7aCF", "message": "The job is queued."}', "07:30:01")
        '07:30:01  INFO     7aCF  The job is queued.'
        >>> readable('i  functions: Finished "us-central1-dispatch_job" in 1518.43ms', "07:30:03")
        '07:30:03  INFO     dispatch_job took 1.5 s.'
    """
    if LEFT_OUT.match(line) or not line.strip():
        return None
    if found := JSON_LINE.fullmatch(line):
        entry = _entry(found[1])
        if entry is not None:
            return _of_entry(entry, time)
    if finished := FINISHED.match(line):
        seconds = float(finished["milliseconds"]) / 1000
        return _text(time, "INFO", f"{finished['name']} took {seconds:.1f} s.")
    level = LEVELS.get(line[0], "INFO")
    return _text(time, level, _printable(line.removeprefix(line[0]).strip() if line[0] in "⚠⬢i✔>" else line))


def _entry(text: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(text)
    except ValueError:  # A function has printed something that only looks like JSON.
        return None
    return entry if isinstance(entry, dict) and "message" in entry else None


def _of_entry(entry: dict[str, Any], time: str) -> str:
    job = f"{_printable(str(entry['jobId']))}  " if entry.get("jobId") else ""
    text = _text(time, str(entry.get("severity", "INFO")), f"{job}{_printable(str(entry['message']))}")
    stack = [f"    {_printable(line)}" for line in str(entry.get("stack") or "").splitlines()]
    return "\n".join([text, *stack])


def _text(time: str, level: str, message: str) -> str:
    return f"{time}  {level:7}  {message}"


def _printable(text: str) -> str:
    # A user's text may hold control characters, which a terminal would take for commands.
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
