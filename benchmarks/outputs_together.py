"""A job with many outputs against bare ffmpeg making the same ones by one, with the same settings. At most 0.75.

An MP4, HLS in three sizes, a poster, a sprite, the sound and a waveform, of a film of 30 s. The worker's own code runs
(probe, encode, check); the peer is spared the probes, the loudness, the sheets of the sprite and the playlists.
`scripts/bench outputs_together FILE` takes your own film.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.media_time import unheard_run
from benchmarks.pairs import Comparison, compare
from stoker.models.video import VideoInput
from stoker.probe.probe import Prober
from stoker.sandbox.ffmpeg import ffmpeg_command
from stoker.video.encode.graph import Graph
from stoker.video.outputs import KINDS
from stoker.video.source.fetching import SOURCE
from stoker.video.source.film import Film
from stoker.video.worker import make_outputs
from stoker_tools.samples.clip import make_clip

LIMIT = 0.75


def main() -> int:
    """Runs the comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench outputs_together", description=__doc__)
    parser.add_argument(
        "file", nargs="?", type=Path, help="a film; one of 30 s, 1280 x 720, is made where it is left out"
    )
    parser.add_argument("--rounds", type=int, default=5, help="pairs that count")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        if options.file:
            (workspace / SOURCE).write_bytes(options.file.read_bytes())
        else:
            make_clip(workspace / "made.mp4", seconds=30, size="1280x720")
            (workspace / "made.mp4").rename(workspace / SOURCE)
        return _compare(workspace, options.rounds).show(options.json)


def _compare(workspace: Path, rounds: int) -> Comparison:
    run = unheard_run(workspace)
    with Prober() as prober:
        info = prober.probe(workspace / SOURCE)
        assert info.video is not None
        height = min(info.video.height, 720)
        wanted = [
            {"kind": "mp4", "height": height},
            {"kind": "hls", "heights": [height, height * 2 // 3, height // 3]},
            *({"kind": kind} for kind in ("poster", "sprite", "audio", "waveform")),
        ]
        outputs = VideoInput.from_firestore({"source": "film", "outputs": wanted}).outputs
        # Without its last frames, so that nothing can be copied: what is measured is encoding.
        end = (info.duration_seconds or 0) - 0.2

        def together() -> None:
            film = Film(prober.probe(workspace / SOURCE), end=end)
            make_outputs(run, prober, film, "film", outputs)

        def one_by_one() -> None:
            for output in outputs:
                graph = Graph(SOURCE, Film(info, end=end))
                KINDS[output.kind](output, graph)
                command = ffmpeg_command(graph.arguments())
                subprocess.run(command, cwd=workspace, stdout=subprocess.DEVNULL, check=True)

        return compare("job: all outputs", together, "ffmpeg, one by one", one_by_one, rounds, LIMIT)


if __name__ == "__main__":
    sys.exit(main())
