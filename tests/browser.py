"""A real browser for tests: it opens pages of a folder that is served on this machine."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from conftest import missing

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RUNNER = Path(__file__).with_name("page.cjs")
SECONDS = 150
"""The longest that a page may take."""


def browser_path() -> str:
    """The path of a browser that plays H.264 and AAC. Without a browser, the test is skipped; in CI, it fails."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing("A browser (Debian: apt-get install chromium)")
    assert found is not None
    return found


class Ranges(SimpleHTTPRequestHandler):
    """Serves files and ranges of them, as any web server does."""

    def do_GET(self) -> None:
        """Answers with a range where one is asked for."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None:
            return super().do_GET()
        file = Path(self.translate_path(self.path))
        content = file.read_bytes()
        first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(file) if file.suffix != ".m4s" else "video/mp4")
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # a player that changes sizes hangs up
            self.wfile.write(content[first : last + 1])
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serves a folder on this machine; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *arguments: Ranges(*arguments, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def evaluated(folder: Path, page: str, expression: str) -> Any:
    """Evaluate a JavaScript expression on a page. If it is a promise, wait for its value.

    Args:
        folder: The folder that is served.
        page: The page's file in the folder, with its query.
        expression: The expression to evaluate.
    """
    browser = browser_path()
    with served(folder) as address:
        command = ["node", str(RUNNER), browser, f"{address}/{page}", expression]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
