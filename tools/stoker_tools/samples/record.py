"""Record a command: print each of its lines behind the line's time, in seconds.

From this, `scripts/generate` makes the picture and the example in the README:
`scripts/python -m stoker_tools.samples.record scripts/demo > docs/images/demo.txt`
"""

import subprocess
import sys
import time


def main() -> int:
    """Run the command of the command line; return its exit code."""
    began = time.monotonic()
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True) as command:
        for line in command.stdout or ():
            print(f"{time.monotonic() - began:7.2f} {line}", end="", flush=True)
    return command.returncode


if __name__ == "__main__":
    sys.exit(main())
