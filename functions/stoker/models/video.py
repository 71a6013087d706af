"""The input and the output of a `video-processing` job."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from stoker.models.document import LanguageTag, Loudness, Model

SourcePath = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
"""The name of an object in Cloud Storage. The owner and the length in bytes are checked when the object is opened.
Source: https://cloud.google.com/storage/docs/objects#naming (1 to 1,024 bytes)."""

Side = Annotated[int, Field(ge=16, le=4320)]
"""A side of a picture, in pixels. A smaller source is never enlarged."""

DEFAULT_RESOLUTION: Final = 720
DEFAULT_RESOLUTIONS: Final = (1080, 720, 480)


class Sized(Model):
    """A film in a size of the owner's choice: by the height, or by the short side.

    Attributes:
        height: The height of the picture in pixels. The width follows from the shape of the source. Use `height` or
            `resolution`, not both.
        resolution: The short side of the picture in pixels, which is the width of an upright picture. If both are left
            out, the resolution is 720.
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
        """The short side, in pixels; None if the height is given instead."""
        return None if self.height is not None else self.resolution or DEFAULT_RESOLUTION


class Mp4Output(Sized):
    """An MP4 of H.264 and AAC, which starts to play before it is fully loaded.

    Attributes:
        quality: The quality of the picture. A higher quality needs more bytes.
    """

    kind: Literal["mp4"]
    quality: Literal["low", "medium", "high"] = "medium"


class PosterOutput(Model):
    """A still picture of the film, as JPEG.

    Attributes:
        at: The time of the picture, in seconds from the start. If left out, a frame with detail is chosen.
        width: The width in pixels. The height follows from the shape of the source.
    """

    kind: Literal["poster"]
    at: Annotated[float, Field(ge=0, le=86_400)] | None = None
    width: Annotated[int, Field(ge=16, le=7680)] = 1280


class WebmOutput(Sized):
    """A WebM of VP9 and Opus: free of patents, and played by every browser."""

    kind: Literal["webm"]


class Av1Output(Sized):
    """An MP4 of AV1 and AAC: the smallest file, for players that know AV1."""

    kind: Literal["av1"]


class HlsOutput(Model):
    """An HLS set (HTTP Live Streaming): the same film in several sizes. A player changes between them as the network
    allows. From a source without a picture, it has the sound alone.

    Attributes:
        heights: The height of each size in pixels. Sizes larger than the source become one size, the source's own. Use
            `heights` or `resolutions`, not both.
        resolutions: The short side of each size in pixels. If both are left out, the sizes are `[1080, 720, 480]`.
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
        """The short side of each size, in pixels; None if the heights are given instead."""
        return None if self.heights is not None else tuple(self.resolutions or DEFAULT_RESOLUTIONS)


class AudioOutput(Model):
    """The sound alone, in stereo.

    Attributes:
        format: The format of the sound: `mp3`, `ogg` (Opus), `m4a` (AAC) or `wav` (16-bit PCM).
    """

    kind: Literal["audio"]
    format: Literal["mp3", "ogg", "m4a", "wav"] = "mp3"


class SpriteOutput(Model):
    """Small pictures of the film on sheets, and a WebVTT that names the picture of each time.

    Attributes:
        interval: The seconds from one picture to the next. The interval is longer if the film would need more than
            3,000 pictures.
        width: The width of each picture in pixels. The height follows from the shape of the source.
    """

    kind: Literal["sprite"]
    interval: Annotated[float, Field(ge=1, le=600)] = 5
    width: Annotated[int, Field(ge=16, le=640)] = 160


class PreviewOutput(Model):
    """A short moving picture without sound, 320 pixels wide, which plays in a loop.

    Attributes:
        format: The format of the picture. `webp` is smaller; `gif` is shown everywhere.
        seconds: The duration in seconds.
    """

    kind: Literal["preview"]
    format: Literal["webp", "gif"] = "webp"
    seconds: Annotated[float, Field(ge=0.5, le=10)] = 3


class WaveformOutput(Model):
    """The loudness of the sound over time: peaks as JSON, and a drawing of them as PNG."""

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
    """The part of the source that all outputs are made from, exact to the frame.

    Attributes:
        start: The start of the part, in seconds of the source. The frame at this time is included.
        end: The end of the part, in seconds of the source. The frame at this time is not included. If left out, the
            part ends with the source.
    """

    start: Annotated[float, Field(ge=0, le=86_400)] = 0
    end: Annotated[float, Field(gt=0, le=86_400)] | None = None

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end is not None and self.end <= self.start:
            raise ValueError("the end must be later than the start")
        return self


class Watermark(Model):
    """A picture that is laid over the film. It covers at most a fifth of the film's width and height.

    Attributes:
        source: The name of a file in the default bucket: a PNG, JPEG or WebP. It lies under the same folders as the
            source of the film.
        position: The corner of the film, or its center.
        opacity: The opacity, from 0 (invisible) to 1 (hides the film).
    """

    source: SourcePath
    position: Literal["top-left", "top-right", "bottom-left", "bottom-right", "center"] = "bottom-right"
    opacity: Annotated[float, Field(gt=0, le=1)] = 1


class Captions(Model):
    """Captions of the film: a file, or subtitles inside the film.

    Attributes:
        from_: `source` to take subtitles that are inside the film. Then leave the field `source` out.
        language: A BCP 47 tag. With `source`, the language of that file, which players show. With `from`, the language
            of the track to take. If left out, the default track is taken.
        source: The name of a file in the default bucket: WebVTT or SubRip. It lies under the same folders as the source
            of the film, and its times are times of the film's source.
        burn_in: True if the captions are also drawn into the picture.
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
    """The choice among several sound tracks of a film.

    Attributes:
        language: The language of the sound track: a BCP 47 or ISO 639-2 code, such as `de`, `pt-BR` or `ger`. If no
            track has this language, the default track of the film is taken.
    """

    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}$")]


class VideoInput(Model):
    """The input of a `video-processing` job: a film or sound, and the files to make of it.

    Attributes:
        source: The name of a file in the default bucket: a film, a sound or an animated picture. It lies under the
            owner's `user-uploads/{userId}/` or `job-outputs/{userId}/`, or under `public/`.
        trim: The part of the source to use. If left out, all of it is used.
        watermark: A picture that is laid over every picture of the film.
        audio: The choice among several sound tracks. If left out, the default track of the film is taken.
        captions: Captions of the film. They become a file of their own, which the HLS playlists name.
        loudness: The integrated loudness of the sound of every output, in LUFS. If left out, the sound stays as loud as
            it is.
        outputs: The files to make. If left out, an MP4 with a resolution of 720 and a poster are made.

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
