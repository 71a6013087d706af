"""The snippet of the README, as an app: it makes a film playable, and shows the reason if a file is no film."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from stoker_tools.setup.environment import ROOT
from unit.docs.pages import snippets

MODULES = ROOT / "node_modules"

TRANSPILE = """
const [, from, to] = process.argv;
const fs = require('node:fs'), ts = require('typescript');
const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
fs.writeFileSync(to, ts.transpileModule(fs.readFileSync(from, 'utf8'), { compilerOptions: options }).outputText);
"""

USE = """
import { readFileSync } from 'node:fs';
import { makePlayable } from './app.js';

const percents = [];
const film = new File([readFileSync('film.gif')], 'film.gif', { type: 'image/gif' });
const address = await makePlayable(film, (percent) => percents.push(percent));
const answer = await fetch(address);
const noFilm = new File(['no film'], 'letter.gif', { type: 'image/gif' });
const refusal = await makePlayable(noFilm, () => undefined).catch((error) => error.message);
console.log(JSON.stringify({ percents, status: answer.status, type: answer.headers.get('content-type'), refusal }));
process.exit(0);
"""


def adapted(code: str) -> str:
    """Return the snippet with the ports and the bucket of the running suite."""
    ports = {
        "9099": os.environ["FIREBASE_AUTH_EMULATOR_HOST"],
        "8080": os.environ["FIRESTORE_EMULATOR_HOST"],
        "9199": os.environ["FIREBASE_STORAGE_EMULATOR_HOST"],
    }
    for usual, host in ports.items():
        assert usual in code
        code = re.sub(rf"\b{usual}\b", host.rpartition(":")[2], code)
    bucket = json.loads(os.environ["FIREBASE_CONFIG"])["storageBucket"]
    code = re.sub(r"storageBucket: '[^']*'", f"storageBucket: '{bucket}'", code)
    return re.sub(r"projectId: '[^']*'", f"projectId: '{os.environ['GCLOUD_PROJECT']}'", code)


@pytest.mark.slow
def test_the_snippet_makes_a_film_playable_and_shows_why_another_file_is_none(tmp_path: Path) -> None:
    [snippet] = [found for found in snippets("typescript") if str(found.page) == "README.md"]
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "app.ts").write_text(adapted(snippet.code))
    (tmp_path / "use.js").write_text(USE)
    frames = [Image.new("RGB", (64, 48), (50 * number, 0, 0)) for number in range(5)]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:], duration=100)
    environment = os.environ | {"NODE_PATH": str(MODULES)}
    subprocess.run(["node", "-e", TRANSPILE, "app.ts", "app.js"], cwd=tmp_path, env=environment, check=True)
    done = subprocess.run(["node", "use.js"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = json.loads(done.stdout.splitlines()[-1])
    assert (shown["status"], shown["type"], shown["percents"][-1]) == (200, "video/mp4", 100)
    assert shown["refusal"].startswith("unsupported-media: ")
