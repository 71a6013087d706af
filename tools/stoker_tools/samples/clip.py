"""Making a clip with a moving picture and speech, so that no film has to be downloaded or kept in the repository.

Run this file as a script with the path of the clip. It needs ffmpeg and eSpeak NG, which the functions have too, and
nothing else of the tools.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg

SPEECH = Path(__file__).with_name("speech.py")

WORDS = (
    "This is Stoker. A client wrote a pending job, and a worker picked it up. "
    "While you hear this, the picture is encoded, and the progress is written back, as it goes. "
    "Nothing is lost, nothing runs twice, whatever crashes."
)


def make_clip(file: Path, seconds: float = 20, size: str = "1280x720") -> None:
    """Write an MP4 of a moving test picture, with a voice.

    Args:
        file: The file to write.
        seconds: The duration of the clip.
        size: Width and height in pixels, in the form of ffmpeg.

    Raises:
        subprocess.CalledProcessError: ffmpeg or the voice failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "speech.wav"
        subprocess.run([sys.executable, str(SPEECH), str(sound), WORDS], check=True)
        picture = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30"]
        # Silence follows the words, so that the sound is as long as the picture.
        encode = ["-af", "apad", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y"]
        subprocess.run([*ffmpeg, *picture, "-i", str(sound), *encode, "-t", str(seconds), str(file)], check=True)


if __name__ == "__main__":
    make_clip(Path(sys.argv[1]))
