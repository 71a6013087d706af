"""The test coverage of all parts together."""

import io
from pathlib import Path

from coverage import Coverage
from coverage.exceptions import NoDataError

from stoker_tools.setup import environment


def is_enough(directory: Path) -> bool:
    """Combine what all parts have measured, print the total, and return whether it reaches the floor.

    Args:
        directory: The directory with the data of the parts, in files whose names begin with `coverage-`.
    """
    coverage = Coverage(
        data_file=str(environment.ROOT / ".coverage"), config_file=str(environment.ROOT / "pyproject.toml")
    )
    coverage.combine([str(path) for path in directory.glob("coverage-*")])
    coverage.save()
    floor = float(str(coverage.get_option("report:fail_under")))
    try:
        total = coverage.report(file=io.StringIO())
    except NoDataError:
        print("No test has measured its coverage.")
        return False
    print(f"Branch coverage of functions/stoker: {total:.1f} %. The least allowed is {floor:g} % (pyproject.toml).")
    print("For the lines and branches that no test reaches: .venv/bin/coverage report -m --skip-covered")
    return total >= floor
