"""Speech is as loud as was asked for, and no peak is too high, in the file that is delivered."""

from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import LoudnessUnreachable, NothingToSpeak, PermanentError
from stoker.models.speech import AudioFormat
from stoker.probe.probe import Prober
from stoker.sound.mastering import MeasuredSound, find_level, master
from unit.speech.speaking import RATE, loudness, seconds, silence, tone


def speech(ffmpeg: Ffmpeg, name: str = "track.wav", volume: str = "-6dB") -> Path:
    """Noise that comes and goes as syllables do, with peaks far above its mean."""
    noise = f"anoisesrc=color=pink:duration=12:sample_rate={RATE}:seed=7:amplitude=1"
    shape = "volume='0.02+0.9*pow(abs(sin(7*t)),6)*(1+3*gt(mod(t,0.9),0.88))':eval=frame"
    return ffmpeg(name, "-f", "lavfi", "-i", noise, "-af", f"{shape},volume={volume}", "-ac", "1")


@pytest.mark.slow
@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "m4a", "wav"])
def test_each_format_is_as_loud_as_was_asked_for(ffmpeg: Ffmpeg, audio_format: AudioFormat) -> None:
    source = speech(ffmpeg)
    done: list[float] = []
    file, sound = master(source, audio_format, -16, done.append)
    found, peak = loudness(file)
    assert found == pytest.approx(-16, abs=0.5)
    assert peak <= -1
    assert (sound.loudness, sound.peak) == (found, peak)
    assert done == sorted(done)
    assert done[-1] <= 1
    with Prober() as prober:
        info = prober.probe(file)
    assert info.audio is not None
    assert info.audio.channels == 1
    assert sound.seconds == pytest.approx(seconds(source), abs=0.05)


@pytest.mark.parametrize("wanted", [-31, -23, -14])
@pytest.mark.parametrize("volume", ["-40dB", "20dB"])
def test_whatever_it_was_before(ffmpeg: Ffmpeg, wanted: float, volume: str) -> None:
    file, _ = master(speech(ffmpeg, volume=volume), "mp3", wanted, lambda _: None)
    found, peak = loudness(file)
    assert found == pytest.approx(wanted, abs=0.5)
    assert peak <= -1


@pytest.mark.slow
@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "m4a", "wav"])
def test_where_the_peaks_do_not_allow_it_they_come_first(ffmpeg: Ffmpeg, audio_format: AudioFormat) -> None:
    file, sound = master(speech(ffmpeg), audio_format, -9, lambda _: None)
    found, peak = loudness(file)
    assert peak <= -1
    assert -16 < found == sound.loudness


def test_a_peak_that_stays_too_high_fails_the_job_at_once() -> None:
    """Each further attempt would measure the same."""
    loud = MeasuredSound(loudness=-16, peak=0, seconds=12)
    with pytest.raises(PermanentError, match="Ask for a lower loudness") as raised:
        find_level(-9, loud, lambda level: -9, lambda level: loud)
    assert raised.value.code == LoudnessUnreachable.code == "loudness-unreachable"


def test_silence_is_not_made_loud(tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "track.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(silence(2) + tone(0.2, amplitude=1))
    with pytest.raises(NothingToSpeak):
        master(tmp_path / "track.wav", "mp3", -16, lambda _: None)


def test_it_stops_if_the_report_of_progress_raises(ffmpeg: Ffmpeg) -> None:
    class Stop(Exception):
        pass

    def stop(done: float) -> None:
        raise Stop

    with pytest.raises(Stop):
        master(speech(ffmpeg), "mp3", -16, stop)
