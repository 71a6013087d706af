"""The generated TypeScript of an app knows the app's own type of job, and a strict compiler accepts its use."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from adopter.machine import Machine
from conftest import missing
from stoker_tools.setup.environment import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

COMPILER = ROOT / "node_modules/typescript/bin/tsc"

CONFIG = {
    "compilerOptions": {
        "strict": True,
        "noUncheckedIndexedAccess": True,
        "exactOptionalPropertyTypes": True,
        "target": "es2022",
        "lib": ["esnext", "dom"],
        "module": "nodenext",
        "noEmit": True,
        "types": [],
    },
    "include": ["*.ts", "stoker/*"],
}

USE = """\
import { collection, doc, getFirestore, serverTimestamp, setDoc } from 'firebase/firestore';
import type { ImageInput, NewProcessingJob, Note, ProcessingJob } from './stoker/stoker.js';

export async function thumbnails(userId: string, source: string): Promise<string> {
  const reference = doc(collection(getFirestore(), 'processingJobs'));
  const input: ImageInput = { source, sizes: ['200x200'], formats: ['original', 'webp'] };
  await setDoc(reference, {
    id: reference.id,
    userId,
    type: 'image-processing',
    input,
    status: 'pending',
    createdAt: serverTimestamp(),
  } satisfies NewProcessingJob);
  return reference.id;
}

export function names(job: ProcessingJob): string[] {
  return job.type === 'image-processing' ? job.output?.files?.map((file) => file.path) ?? [] : [];
}

export const length = (note: Note): number => note.text.length;

// @ts-expect-error: no such format
export const bad: ImageInput = { source: 'x', formats: ['bmp'] };
// @ts-expect-error: films are off in this app
export const type: ProcessingJob['type'] = 'video-processing';
"""


def test_the_own_type_is_in_the_types_and_schemas(app: Machine) -> None:
    declared = (app.app / "clients/stoker/stoker.d.ts").read_text()
    assert "type: 'image-processing';" in declared
    assert "video-processing" not in declared
    schema = json.loads((app.app / "clients/stoker/json-schema/image-input.json").read_text())
    assert schema["required"] == ["source"]
    assert {"source", "sizes", "formats", "quality", "keepMetadata"} == set(schema["properties"])


def test_a_strict_compiler_accepts_code_of_the_app(app: Machine, tmp_path: Path) -> None:
    if not COMPILER.exists() or not shutil.which("node"):
        missing("The TypeScript compiler")
    shutil.copytree(app.app / "clients/stoker", tmp_path / "stoker")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "tsconfig.json").write_text(json.dumps(CONFIG))
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "use.ts").write_text(USE)
    command = ["node", str(COMPILER), "--project", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_generated_files_are_up_to_date(app: Machine) -> None:
    assert app.run("generate", "--check") == "All files were up to date.\n"
