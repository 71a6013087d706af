"""What the wheel `stoker_tools` takes from the wheel `stoker`: its dependencies, and the wheel itself as a file."""

import tempfile
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.plugin.interface import MetadataHookInterface

STOKER = Path(__file__).resolve().parents[1] / "stoker"


class Dependencies(MetadataHookInterface):
    """The packages that the tools need: those of `stoker`, so that its code can be imported, and some more."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add them to the wheel's metadata."""
        stoker = tomllib.loads((STOKER / "pyproject.toml").read_text())["project"]
        metadata["dependencies"] = sorted({*stoker["dependencies"], *self.config["dependencies"]})
        metadata["optional-dependencies"] = {
            **stoker["optional-dependencies"],
            **self.config["optional-dependencies"],
        }


class StokersWheel(BuildHookInterface[Any]):
    """The wheel `stoker`, built anew and put into `stoker_tools/packaged`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it before this wheel is built."""
        self._directory = tempfile.TemporaryDirectory()
        [built] = WheelBuilder(str(STOKER)).build(directory=self._directory.name, versions=["standard"])
        build_data["force_include"][built] = f"stoker_tools/packaged/{Path(built).name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the file that was put into this wheel."""
        self._directory.cleanup()
