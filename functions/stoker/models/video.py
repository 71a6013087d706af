"""The input and the output of a `video-processing` job."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from stoker.models.document import Model

SourcePath = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
"""The name of an object in Cloud Storage, in characters; whose it must be is checked where it is read.
Source: https://cloud.google.com/storage/docs/objects#naming (1 to 1,024 bytes)."""

Height = Annotated[int, Field(ge=16, le=4320)]
"""The height of a picture, in pixels. A source that is smaller is never enlarged."""


class Mp4Output(Model):
    """H.264 and AAC in an MP4 that starts to play before it is loaded.

    Attributes:
        height: Pixels; the width follows from the source's shape.
        quality: What a viewer gets for the bytes: `low`, `medium` or `high`.
    """

    kind: Literal["mp4"]
    height: Height = 720
    quality: Literal["low", "medium", "high"] = "medium"


class PosterOutput(Model):
    """A still picture, as JPEG.

    Attributes:
        at: Seconds from the start; a tenth of the duration where it is left out.
        width: Pixels; the height follows from the source's shape.
    """

    kind: Literal["poster"]
    at: Annotated[float, Field(ge=0, le=86_400)] | None = None
    width: Annotated[int, Field(ge=16, le=7680)] = 1280


class WebmOutput(Model):
    """VP9 and Opus in WebM: free of patents, and played by every browser.

    Attributes:
        height: Pixels; the width follows from the source's shape.
    """

    kind: Literal["webm"]
    height: Height = 720


class Av1Output(Model):
    """AV1 and AAC in an MP4: the smallest file, for players that know AV1.

    Attributes:
        height: Pixels; the width follows from the source's shape.
    """

    kind: Literal["av1"]
    height: Height = 720


class HlsOutput(Model):
    """HTTP Live Streaming: the same film in several sizes, between which a player changes as the network allows.

    Attributes:
        heights: Pixels of each size; those above the source's own height become one of that height.
    """

    kind: Literal["hls"]
    heights: Annotated[list[Height], Field(min_length=1, max_length=6)] = Field(
        default_factory=lambda: [1080, 720, 480]
    )


class AudioOutput(Model):
    """The sound alone, in stereo.

    Attributes:
        format: `mp3`, `ogg` (Opus), `m4a` (AAC) or `wav` (16 bits).
    """

    kind: Literal["audio"]
    format: Literal["mp3", "ogg", "m4a", "wav"] = "mp3"


class SpriteOutput(Model):
    """Small pictures of the film side by side, and a WebVTT that says which of them belongs to which time.

    Attributes:
        interval: Seconds from one picture to the next; more where the film would need over 3,000 of them.
        width: Pixels of each; the height follows from the source's shape.
    """

    kind: Literal["sprite"]
    interval: Annotated[float, Field(ge=1, le=600)] = 5
    width: Annotated[int, Field(ge=16, le=640)] = 160


class PreviewOutput(Model):
    """A short moving picture without sound, of 320 pixels in width, which plays over and over.

    Attributes:
        format: `webp` is smaller, `gif` is shown everywhere.
        seconds: How long it plays.
    """

    kind: Literal["preview"]
    format: Literal["webp", "gif"] = "webp"
    seconds: Annotated[float, Field(ge=0.5, le=10)] = 3


class WaveformOutput(Model):
    """The loudness of the sound over time: peaks as JSON, and drawn as PNG."""

    kind: Literal["waveform"]


VideoOutput = Annotated[
    Mp4Output
    | WebmOutput
    | Av1Output
    | HlsOutput
    | PosterOutput
    | SpriteOutput
    | PreviewOutput
    | AudioOutput
    | WaveformOutput,
    Field(discriminator="kind"),
]


def _default_outputs() -> list[VideoOutput]:
    return [Mp4Output(kind="mp4"), PosterOutput(kind="poster")]


class Trim(Model):
    """The part of the source that all outputs are made of, exact to the frame.

    Attributes:
        start: Seconds of the source; the frames from this time on.
        end: Seconds of the source; the frames before this time. The source's own end where it is left out.
    """

    start: Annotated[float, Field(ge=0, le=86_400)] = 0
    end: Annotated[float, Field(gt=0, le=86_400)] | None = None

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end is not None and self.end <= self.start:
            raise ValueError("the end must be later than the start")
        return self


class Watermark(Model):
    """A picture that is laid over the film, as large as a fifth of it at most.

    Attributes:
        source: A PNG, JPEG or WebP; whose it must be is as with the source of the film.
        position: Where.
        opacity: From 0, which is not seen, to 1, which hides what is under it.
    """

    source: SourcePath
    position: Literal["top-left", "top-right", "bottom-left", "bottom-right", "center"] = "bottom-right"
    opacity: Annotated[float, Field(gt=0, le=1)] = 1


class Captions(Model):
    """What is said in the film, in writing.

    Attributes:
        source: A WebVTT; whose it must be is as with the source of the film. Its times are those of the source.
        burn_in: Whether it becomes part of the picture, too.
    """

    source: SourcePath
    burn_in: bool = False


class AudioChoice(Model):
    """The sound to take of a film that has several.

    Attributes:
        language: As BCP 47 or ISO 639-2 has it, such as `de`, `pt-BR` or `ger`. The file's default sound is taken where
            none is marked with it.
    """

    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}$")]


class VideoInput(Model):
    """What to make of which file.

    Attributes:
        source: An object under the owner's `user-uploads/{userId}/` or `job-outputs/{userId}/`, or under `public/`.
        trim: The part that is wanted; all of it where it is left out.
        watermark: Laid over every picture.
        audio: Which sound to take; the file's default one where it is left out.
        captions: Given back beside the film, and named by its playlists.
        outputs: At most ten; an MP4 of 720 lines and a poster where it is left out.

    Example:
        >>> VideoInput.from_firestore({"source": "user-uploads/ada/cat.mov"}).outputs[0].kind
        'mp4'
    """

    source: SourcePath
    trim: Trim | None = None
    watermark: Watermark | None = None
    audio: AudioChoice | None = None
    captions: Captions | None = None
    outputs: Annotated[list[VideoOutput], Field(min_length=1, max_length=10)] = Field(default_factory=_default_outputs)
