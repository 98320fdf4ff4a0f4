"""Build hook: turns proto/*.proto into the modules of criu_tui.core.schema."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VIRTUAL = "criu_tui/core/schema"


class GenerateSchema(BuildHookInterface):  # type: ignore[type-arg]
    """Runs protoc for wheels and for editable installs alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        from grpc_tools import protoc

        root = Path(self.root)
        sources = sorted((root / "proto").glob("*.proto"))
        # Imports in the generated code follow the path under which protoc sees a
        # file, so the folder is given to it under the package's own name.
        status = protoc.main(
            [
                "protoc",
                f"-I{VIRTUAL}={root / 'proto'}",
                f"--python_out={root / 'tui'}",
                f"--pyi_out={root / 'tui'}",
                *map(str, sources),
            ]
        )
        if status:
            sys.exit(f"protoc failed with status {status}")
