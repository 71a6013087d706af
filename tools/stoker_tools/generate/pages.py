"""The pages of the documentation that hold generated regions."""

from collections.abc import Callable, Mapping
from pathlib import Path

from stoker_tools.generate import cost_tables, layers
from stoker_tools.generate.error_tables import call_errors, job_errors
from stoker_tools.generate.field_tables import field_tables
from stoker_tools.generate.function_table import function_table
from stoker_tools.generate.inputs_page import accepted_table
from stoker_tools.generate.job_states import job_states
from stoker_tools.generate.output_table import output_table
from stoker_tools.generate.recording import animation, example
from stoker_tools.generate.regions import replaced
from stoker_tools.generate.role_table import role_table
from stoker_tools.setup.functions_folder import functions_folder

RECORDING = Path("docs/images/demo.txt")
PICTURE = Path("docs/images/demo.svg")


def pages(root: Path, manifest: str, functions_rules: str) -> dict[Path, str]:
    """Return the text of each page with generated regions, and the picture of the demo.

    A copy of the project may have no documentation. Then the page is left out.

    Args:
        root: The root of the project.
        manifest: The text of `functions.yaml`.
        functions_rules: The text of `rules/functions.rules`.

    Raises:
        GenerateError: A page lacks a region, or has too many.
    """
    recording = (root / RECORDING).read_text() if (root / RECORDING).exists() else ""
    regions: Mapping[Path, Mapping[str, Callable[[], str]]] = {
        Path("README.md"): {"demo": lambda: example(recording)},
        Path("ARCHITECTURE.md"): {"layers": layers.drawing},
        Path("docs/costs.md"): {
            "work": lambda: cost_tables.work_table(manifest),
            "film": lambda: cost_tables.parts_table(manifest),
            "events": cost_tables.events_table,
            "idle": lambda: cost_tables.idle_table(manifest),
            "operations": cost_tables.operations_table,
            "prices": cost_tables.price_table,
        },
        Path("docs/data-model.md"): {"fields": field_tables},
        Path("docs/deploy.md"): {
            "functions": lambda: function_table(functions_folder(root) / "stoker/functions.py", functions_rules),
            "roles": role_table,
        },
        Path("docs/errors.md"): {"job errors": job_errors, "call errors": call_errors},
        Path("docs/inputs.md"): {"inputs": accepted_table},
        Path("docs/job-states.md"): {"job states": job_states},
        Path("docs/video.md"): {"outputs": output_table},
    }
    made = {
        page: replaced((root / page).read_text(), {name: make() for name, make in parts.items()})
        for page, parts in regions.items()
        if (root / page).exists()
    }
    if recording:
        made[PICTURE] = animation(recording)
    return made
