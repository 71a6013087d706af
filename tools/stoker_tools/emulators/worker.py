"""A worker of the Functions emulator: `functions-framework` with two corrections.

It answers the emulator's health check. The emulator requests `/__/health` from a new worker until it answers. Functions
Framework treats every path as a call, so a scheduled function would run once more at each start of a worker.

It opens a connection for each request. Node.js keeps connections and uses them again, but gunicorn closes them after
two idle seconds. A request at that moment fails with ECONNRESET. An event would be lost, and a sign-in that waits for a
blocking function would fail.
"""

from importlib import import_module
from typing import Any

command_line: Any = import_module("functions_framework._cli")
create_app = command_line.create_app


def create_healthy_app(*arguments: Any) -> Any:
    """Make the application of a function, as `functions_framework.create_app` does, with an answer to health checks."""
    app = create_app(*arguments)
    app.add_url_rule("/__/health", "health", lambda: "OK")
    return app


if __name__ == "__main__":
    import_module("gunicorn.config").Keepalive.default = 0
    command_line.create_app = create_healthy_app
    command_line._cli()
