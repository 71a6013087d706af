"""Check the conventions in this checkout; print each problem as `file:line: sentence`."""

import sys

from stoker_tools.conventions.checkout import problems
from stoker_tools.setup.environment import ROOT


def main() -> int:
    """Return the exit code: 1 if a convention is broken."""
    found = problems(ROOT)
    for problem in found:
        print(problem)
    print(f"{len(found)} problems with conventions." if found else "All conventions are kept.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
