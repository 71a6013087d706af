"""Runs the main job as a user of the app would see it: sign up, upload, write the job, watch it, get the files."""

import argparse
import mimetypes
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoker_tools.cli.process import run_command
from stoker_tools.setup import environment

if TYPE_CHECKING:
    from rich.console import Console

    from stoker_tools.samples.user import User

OUTPUT = environment.ROOT / "demo-output"

EPILOG = """\
examples:
  scripts/demo                        a clip that is made on the spot
  scripts/demo holiday.mov            a film of yours
  scripts/demo --keep                 leaves the suite running, to look around

The outputs are saved under demo-output/. Exit codes: 0 the job completed, 1 it did not, 2 the command line is wrong.
"""


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Runs a video job end to end on the emulator suite.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a film; one is made where it is left out")
    parser.add_argument("--keep", action="store_true", help="leave the suite running until Ctrl-C")
    arguments = parser.parse_args()
    if arguments.file is not None and not arguments.file.is_file():
        what = "is a folder" if arguments.file.is_dir() else "does not exist"
        parser.error(f"{str(arguments.file)!r} {what}: name a film")
    environment.enter("stoker_tools.cli.demo")
    from stoker_tools import emulators as suite
    from stoker_tools.emulators.command import end_in_order

    end_in_order()
    try:
        return _run(arguments.file, arguments.keep)
    except suite.SuiteError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.", file=sys.stderr)
        return 128 + signal.SIGINT


def _run(file: Path | None, keep: bool) -> int:
    from stoker_tools import emulators as suite
    from stoker_tools.samples.clip import make_clip

    print("Starting the emulator suite ...", flush=True)
    with suite.running() as emulators:
        # Processes that carry the suite's variables, and files in its folder, end with it.
        os.environ.update(emulators.environment)
        if file is None:
            file = emulators.log_path.with_name("clip.mp4")
            make_clip(file)
        status = _run_job(file)
        if keep:
            print(f"\nThe suite is running; Ctrl-C ends it.\n\n{emulators.describe()}", flush=True)
            emulators.wait()
    return status


def _run_job(file: Path) -> int:
    from rich.console import Console

    from stoker_tools.samples.user import User

    console = Console(highlight=False, soft_wrap=True)
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir()
    user = User.sign_up()
    console.print(f"Signed up as {user.id}.")
    source = user.upload(file, _content_type(file))
    console.print(f"Uploaded {source} ({file.stat().st_size:,} bytes).")
    job_id = user.write_job({"source": source})
    console.print(f"Wrote processingJobs/{job_id} with status 'pending'.")
    began = time.monotonic()
    job = _watch(user, job_id, console)
    if job["status"] != "completed":
        console.print(f"The job ended as {job['status']} ({job.get('errorCode')}): {job.get('error')}", style="red")
        return 1
    _save(user, job, console)
    console.print(f"The job took {time.monotonic() - began:.1f} s.")
    return 0


def _content_type(file: Path) -> str:
    """What the name says, if that is a film or a sound: the rules take nothing else, and the job finds out the rest."""
    guessed = mimetypes.guess_type(file.name)[0] or ""
    return guessed if guessed.startswith(("video/", "audio/")) else "video/mp4"


def _watch(user: "User", job_id: str, console: "Console") -> dict[str, Any]:
    """Shows the job's progress as it comes: a bar on a terminal, plain lines elsewhere."""
    job: dict[str, Any] = {}
    if console.is_terminal:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description:11}"), BarColumn(40), TaskProgressColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("queued", total=100)
            for job in user.watch(job_id):
                bar.update(task, completed=job.get("progress", 0), description=job.get("stage", "queued"))
        return job
    shown = ""
    for job in user.watch(job_id):
        line = f"{job.get('progress', 0):5.1f} %  {job.get('stage', 'queued')}"
        if line != shown:
            print(line, flush=True)
        shown = line
    return job


def _save(user: "User", job: dict[str, Any], console: "Console") -> None:
    from rich.table import Table

    table = Table("file", "type", "picture", "seconds", "bytes")
    for file in job["output"]["files"]:
        path = OUTPUT / Path(file["path"]).name
        path.write_bytes(user.download(file["path"]))
        picture = f"{file['width']} x {file['height']}" if "width" in file else ""
        seconds = f"{file['durationSeconds']:.2f}" if "durationSeconds" in file else ""
        table.add_row(
            str(path.relative_to(environment.ROOT)), file["contentType"], picture, seconds, f"{file['bytes']:,}"
        )
    console.print(table)
    for warning in job["output"].get("warnings", ()):
        console.print(f"Warning {warning['code']}: {warning['message']}", style="yellow", markup=False)


if __name__ == "__main__":
    run_command(main)
