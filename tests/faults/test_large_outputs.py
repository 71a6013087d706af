"""An output that is uploaded in several parts. The service may take the first part for the whole."""

from pathlib import Path

from stoker.storage.client import bucket
from stoker.storage.outputs import CHUNK_BYTES, AttemptOutputs


def test_an_output_of_several_parts_arrives_whole(tmp_path: Path) -> None:
    file = tmp_path / "large.mp4"
    file.write_bytes(bytes(range(256)) * (CHUNK_BYTES // 256 + 1))
    name, _ = AttemptOutputs("ada", "large-output", "1").upload(file, "video/mp4", lambda: None)
    assert bucket().blob(name).download_as_bytes() == file.read_bytes()
