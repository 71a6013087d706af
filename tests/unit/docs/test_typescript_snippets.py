"""The snippets in TypeScript compile, each as a module of an app that resolves modules as Node.js does."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import missing
from stoker_tools.setup.environment import ROOT
from unit.docs.pages import snippets

COMPILER = ROOT / "node_modules/typescript/bin/tsc"

CONFIG = {
    "compilerOptions": {
        "strict": True,
        "target": "es2022",
        "lib": ["esnext", "dom"],
        "module": "nodenext",
        "noEmit": True,
        "skipLibCheck": True,
        "types": [],
    },
    "include": ["*.ts", "stoker/*"],
}


@pytest.mark.slow
def test_each_snippet_compiles(tmp_path: Path) -> None:
    """The snippet of the README is `app.ts`, which the other snippets import. `stoker` is a copy of the client."""
    if not COMPILER.exists() or not shutil.which("node"):
        missing("The TypeScript compiler")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "tsconfig.json").write_text(json.dumps(CONFIG))
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copytree(ROOT / "clients/typescript", tmp_path / "stoker")
    found = snippets("typescript")
    for snippet in found:
        is_app = str(snippet.page) == "README.md"
        name = "app" if is_app else f"{re.sub(r'[^a-z]', '-', str(snippet.page))}-{snippet.line}"
        (tmp_path / f"{name}.ts").write_text(f"{snippet.code}\nexport {{}};\n")
    done = subprocess.run(
        ["node", str(COMPILER), "--project", str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert len(found) > 10
