"""A worker of the Functions emulator: what `functions-framework` runs, with an answer to the emulator's health check,
and with a connection for each request.

The emulator asks a new worker for `/__/health` until it answers. Functions Framework takes every path for a call, so
that a scheduled function, or one on_request, would run once more at each start of a worker.

Node.js keeps connections and uses them again, while gunicorn closes them after two idle seconds: a request that comes
at that moment fails with ECONNRESET. An event would be lost by that, and a sign-in would fail, of which Auth asks us.
"""

from importlib import import_module
from typing import Any

command_line: Any = import_module("functions_framework._cli")
create_app = command_line.create_app


def create_healthy_app(*arguments: Any) -> Any:
    """The application of a function, as `functions_framework.create_app` makes it."""
    app = create_app(*arguments)
    app.add_url_rule("/__/health", "health", lambda: "OK")
    return app


if __name__ == "__main__":
    import_module("gunicorn.config").Keepalive.default = 0
    command_line.create_app = create_healthy_app
    command_line._cli()
