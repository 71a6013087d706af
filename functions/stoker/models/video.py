"""The input and the output of a `video-processing` job."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from stoker.models.document import LanguageTag, Loudness, Model

SourcePath = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
"""The name of an object in Cloud Storage, in characters; whose it must be is checked where it is read.
Source: https://cloud.google.com/storage/docs/objects#naming (1 to 1,024 bytes)."""

Side = Annotated[int, Field(ge=16, le=4320)]
"""A side of a picture, in pixels. A source that is smaller is never enlarged."""

DEFAULT_RESOLUTION: Final = 720
DEFAULT_RESOLUTIONS: Final = (1080, 720, 480)


class Sized(Model):
    """A film of a size that its owner chooses: by its height, or by its short side.

    Attributes:
        height: Pixels from top to bottom. The width follows from the shape of the source.
        resolution: Pixels of the short side, which is the width of an upright picture. 720 where both are left out.
    """

    height: Side | None = None
    resolution: Side | None = None

    @model_validator(mode="after")
    def _has_one_size(self) -> Self:
        if self.height is not None and self.resolution is not None:
            raise ValueError("takes 'height' or 'resolution', not both")
        return self

    @property
    def short_side(self) -> int | None:
        """The short side, in pixels; None where the height is given instead."""
        return None if self.height is not None else self.resolution or DEFAULT_RESOLUTION


class Mp4Output(Sized):
    """H.264 and AAC in an MP4 that starts to play before it is loaded.

    Attributes:
        quality: What a viewer gets for the bytes: `low`, `medium` or `high`.
    """

    kind: Literal["mp4"]
    quality: Literal["low", "medium", "high"] = "medium"


class PosterOutput(Model):
    """A still picture, as JPEG.

    Attributes:
        at: Seconds from the start. Where it is left out, a frame with detail is chosen.
        width: Pixels; the height follows from the source's shape.
    """

    kind: Literal["poster"]
    at: Annotated[float, Field(ge=0, le=86_400)] | None = None
    width: Annotated[int, Field(ge=16, le=7680)] = 1280


class WebmOutput(Sized):
    """VP9 and Opus in WebM: free of patents, and played by every browser."""

    kind: Literal["webm"]


class Av1Output(Sized):
    """AV1 and AAC in an MP4: the smallest file, for players that know AV1."""

    kind: Literal["av1"]


class HlsOutput(Model):
    """HTTP Live Streaming: the same film in several sizes, between which a player changes as the network allows.
    Of a source without a picture, the sound alone.

    Attributes:
        heights: Pixels of each size, from top to bottom. Sizes beyond the source's own become one of its own size.
        resolutions: Pixels of the short side of each size. `[1080, 720, 480]` where both are left out.
    """

    kind: Literal["hls"]
    heights: Annotated[list[Side], Field(min_length=1, max_length=6)] | None = None
    resolutions: Annotated[list[Side], Field(min_length=1, max_length=6)] | None = None

    @model_validator(mode="after")
    def _has_one_kind_of_sizes(self) -> Self:
        if self.heights is not None and self.resolutions is not None:
            raise ValueError("takes 'heights' or 'resolutions', not both")
        return self

    @property
    def short_sides(self) -> tuple[int, ...] | None:
        """The short side of each size, in pixels; None where the heights are given instead."""
        return None if self.heights is not None else tuple(self.resolutions or DEFAULT_RESOLUTIONS)


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
        from_: `source` for subtitles inside the film. Then there is no `source` here.
        language: A BCP 47 tag. With `source`, the language of that file, which players show; with `from`, the track to
            take, and the default track where it is left out.
        source: A WebVTT or SubRip file; whose it must be is as with the source of the film. Its times are those of the
            source.
        burn_in: Whether it becomes part of the picture, too.
    """

    from_: Annotated[Literal["source"] | None, Field(alias="from")] = None
    language: LanguageTag | None = None
    source: Annotated[SourcePath | None, Field(validate_default=True)] = None
    burn_in: bool = False

    @field_validator("source")
    @classmethod
    def _one_of_both(cls, source: str | None, fields: ValidationInfo) -> str | None:
        inside = fields.data.get("from_") is not None
        if source is None and not inside:
            raise PydanticCustomError("missing", "is missing")
        if source is not None and inside:
            raise ValueError("there can't be one beside 'from'")
        return source


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
        loudness: Of the sound of every output, in LUFS, integrated; the source's own where it is left out.
        outputs: At most ten; an MP4 of a resolution of 720 and a poster where it is left out.

    Example:
        >>> VideoInput.from_firestore({"source": "user-uploads/ada/cat.mov"}).outputs[0].kind
        'mp4'
    """

    source: SourcePath
    trim: Trim | None = None
    watermark: Watermark | None = None
    audio: AudioChoice | None = None
    captions: Captions | None = None
    loudness: Loudness | None = None
    outputs: Annotated[list[VideoOutput], Field(min_length=1, max_length=10)] = Field(default_factory=_default_outputs)
