"""The processes of a suite."""

import contextlib

import psutil

from stoker_tools.emulators.guardian import MARKER


def marked(marker: str) -> list[psutil.Process]:
    """Return the live processes that carry a suite's mark, and all of their descendants."""
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter(["environ"]):
        if (process.info["environ"] or {}).get(MARKER) == marker:
            with contextlib.suppress(psutil.NoSuchProcess):  # The process has just ended.
                found |= {relative.pid: relative for relative in [process, *process.children(recursive=True)]}
    return list(found.values())
