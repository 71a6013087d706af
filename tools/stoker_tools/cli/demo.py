"""The command `stoker demo`: run a video job as an app would, from the sign-up to the finished files."""

import argparse
import mimetypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoker_tools import samples
from stoker_tools.cli.command_line import CommandLine
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import app_root, environment
from stoker_tools.setup.functions_folder import functions_python, make_importable

if TYPE_CHECKING:
    from rich.console import Console

    from stoker_tools.samples.user import SampleUser

OUTPUT = "demo-output"

DESCRIPTION = """\
Runs a video job on the emulator suite as an app would: it signs a user up, uploads a film, writes the job, watches it,
and saves the files under demo-output/.
"""

EXAMPLES = {
    "": "with a clip that the demo makes",
    "holiday.mov": "with your own film",
    "--keep": "leave the suite running afterwards",
}


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    parser = CommandLine("demo", DESCRIPTION, EXAMPLES).parser
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a film; by default, the demo makes a clip")
    parser.add_argument("--keep", action="store_true", help="leave the suite running until Ctrl-C")
    options = parser.parse_args(arguments)
    _check(options.file, parser)
    environment.enter()
    # The sample's user knows the app's settings, and these are in the code of the functions.
    make_importable()
    from stoker_tools.emulators.command import end_in_order  # It needs the packages that `enter` has installed.

    end_in_order()
    try:
        return _run(options.file, options.keep)
    except KeyboardInterrupt:
        print("\nStopped. Nothing is left running.", file=sys.stderr)
        return ExitCode.INTERRUPTED


def _check(file: Path | None, parser: argparse.ArgumentParser) -> None:
    if file is None or file.is_file():
        return
    if file.exists():
        parser.error(f"{str(file)!r} is not a file: name a film")
    raise CommandError(f"{str(file)!r} does not exist: name a film.", ExitCode.NOTHING_THERE)


def _run(file: Path | None, keep: bool) -> int:
    from stoker_tools import emulators as suite
    from stoker_tools.cli.emulators import show
    from stoker_tools.emulators import sharing

    with suite.running(usual_ports=True, user_interface=keep, report=lambda line: print(line, flush=True)) as emulators:
        # Processes that carry the suite's variables, and files in its folder, end with it.
        os.environ.update(emulators.environment)
        if file is None:
            file = emulators.log_path.with_name("clip.mp4")
            _make_clip(file)
        status = _run_job(file)
        if keep:
            # Only now is the suite offered. Otherwise, other commands would lose it at the end of the demo.
            with sharing.offered(emulators.hosts, emulators.environment):
                print(f"\nThe suite goes on running. Ctrl-C ends it.\n\n{emulators.describe()}\n", flush=True)
                emulators.wait(show)
    return status


def _make_clip(file: Path) -> None:
    """Write a film. The environment of the functions runs the script, because it has ffmpeg and a voice."""
    line = [str(functions_python()), str(Path(samples.__file__).with_name("clip.py")), str(file)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1:]
        raise CommandError(f"No film could be made, so name one of your own: {' '.join(reason)}")


def _run_job(file: Path) -> int:
    from rich.console import Console

    from stoker_tools.samples.user import SampleUser

    console = Console(highlight=False, soft_wrap=True)
    output = app_root.app() / OUTPUT
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    user = SampleUser.sign_up()
    console.print(f"Signed up as {user.id}.")
    source = user.upload(file, _content_type(file))
    console.print(f"Uploaded {source} ({file.stat().st_size:,} bytes).")
    job_id = user.write_job({"source": source})
    console.print(f"Wrote processingJobs/{job_id} with status 'pending'.")
    began = time.monotonic()
    job = _watch(user, job_id, console)
    if job["status"] != "completed":
        console.print(f"The job ended as {job['status']} ({job.get('errorCode')}): {job.get('error')}", style="red")
        return ExitCode.FAILED
    _save(user, job, output, console)
    console.print(f"The job took {time.monotonic() - began:.1f} s.")
    return ExitCode.DONE


def _content_type(file: Path) -> str:
    """Return the media type by the file's name. The rules accept films and sounds only; the job looks into the file."""
    guessed = mimetypes.guess_type(file.name)[0] or ""
    return guessed if guessed.startswith(("video/", "audio/")) else "video/mp4"


def _watch(user: "SampleUser", job_id: str, console: "Console") -> dict[str, Any]:
    """Show the job's progress as it changes: a bar on a terminal, plain lines elsewhere."""
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


def _save(user: "SampleUser", job: dict[str, Any], output: Path, console: "Console") -> None:
    from rich.table import Table

    table = Table("file", "type", "picture", "seconds", "bytes")
    for file in job["output"]["files"]:
        path = output / Path(file["path"]).name
        path.write_bytes(user.download(file["path"]))
        picture = f"{file['width']} x {file['height']}" if "width" in file else ""
        seconds = f"{file['durationSeconds']:.2f}" if "durationSeconds" in file else ""
        table.add_row(
            str(path.relative_to(app_root.app())), file["contentType"], picture, seconds, f"{file['bytes']:,}"
        )
    console.print(table)
    for warning in job["output"].get("warnings", ()):
        console.print(f"Warning {warning['code']}: {warning['message']}", style="yellow", markup=False)
