"""The child process in which a function of an app reads a user's file.

The input is one JSON map: the app's import `path`, the `function` as `module:name`, and its `request`. Each line of the
answer is a JSON map: `{"share": ...}` while the function works, and then `{"answer": ...}`, `{"limit": ...}` or
`{"error": ...}`.

    python -I confined_child.py PARENT MEMORY_BYTES FILE_BYTES

The process is confined before it imports any code of the app.
"""

import errno
import json
import os
import sys
from importlib import import_module
from typing import Any

sys.path.insert(0, os.path.abspath(__file__ + "/../../.."))  # -I leaves `functions` out

from stoker.sandbox.child import confine
from stoker.sandbox.seccomp import go_offline

NO_ROOM = (errno.EFBIG, errno.ENOSPC)


def main() -> None:
    """Confine this process, run the function, and write its answer."""
    confine(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    go_offline()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # A decoder may print. Only this module writes answers.

    def tell(**line: Any) -> None:
        answers.write(json.dumps(line) + "\n")
        answers.flush()

    order = json.load(sys.stdin)
    sys.path[:] = order["path"]
    sys.dont_write_bytecode = True
    module, _, name = order["function"].partition(":")
    try:
        function = getattr(import_module(module), name)
        tell(answer=function(order["request"], lambda share: tell(share=share)))
    except MemoryError:
        tell(limit="memory")
    except OSError as error:
        tell(**({"limit": "room"} if error.errno in NO_ROOM else {"error": f"{type(error).__name__}: {error}"}))
    except Exception as error:
        # The parent raises it again, with the name of the function.
        tell(error=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
