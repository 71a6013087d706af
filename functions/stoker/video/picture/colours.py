"""The colours of a film, and the filters that convert them to BT.709 or BT.601.

The numbers of primaries, transfers and matrices are those of ITU-T H.273. `docs/colours.md` lists the assumptions and
their reasons.
"""

from dataclasses import replace

from stoker.models.warnings import OutputWarning
from stoker.probe.probe import Colours, VideoStream

HD_LINES = 720
"""Pictures without tags are BT.709 if they have at least this many lines, and BT.601 if they have fewer.
Source: https://source.chromium.org/chromium/chromium/src/+/main:media/ffmpeg/ffmpeg_common.cc"""

UNKNOWN = 2

BT709 = Colours(1, 1, 1, full_range=False)

BT601_MATRICES = (5, 6)
BT601_PRIMARIES = (6, 7)
"""The primaries of 525 lines. Those of 625 lines (5), and 22, are treated as BT.709's: of the primaries of 625 lines,
only green differs from BT.709's, by 0.01 in x."""

BT2020_CONSTANT = 10
MATRICES = {1: 1, 4: 4, 5: 5, 6: 6, 7: 7, 9: 9, BT2020_CONSTANT: 9}
"""The supported matrices, and the matrix as which each is read. BT.2020 with constant luminance is read as BT.2020 with
non-constant luminance."""

YCGCO, ICTCP = 8, 14
UNSCALED = {YCGCO: (1, "bt709"), ICTCP: (9, "bt2020nc")}
"""The matrices that ffmpeg's scaler can't read, and those to which zimg converts them first. ICtCp is only for HDR.
Source: Rec. ITU-R BT.2100, table 7."""

PRIMARIES = (1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 22)

WIDE = (4, 8, 9, 10, 11, 12)
"""Primaries that differ so much from BT.709's that they are converted."""

LINEAR, PQ, HLG = 8, 16, 18
TRANSFERS = (1, 4, 5, 6, 7, LINEAR, 11, 12, 13, 14, 15, PQ, HLG)
"""The supported transfer functions. All but three are read as BT.709's, as browsers do. sRGB's is close to it, and DVDs
have the gammas of 2.2 and 2.8 (4, 5) in their tags although their pictures were made with BT.709's."""

BT2020_TRANSFERS = (14, 15)

RGB_FORMATS = ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "x2rgb", "x2bgr", "pal8", "bayer", "xyz")
"""The beginnings of ffmpeg's names of pixel formats in red, green and blue."""

PLAIN = "format=pix_fmts=yuv420p:color_ranges=tv"
"""The pixel format that every player shows. It stands before the graph is split: JPEG needs the full range, and
otherwise all outputs would get it."""

EXACT_FORMATS = "|".join(f"yuv{chroma}p{bits}" for chroma in (420, 422, 444) for bits in ("", "10", "12"))
"""The pixel formats that ffmpeg's `colorspace` reads. Source: https://ffmpeg.org/ffmpeg-filters.html#colorspace"""

ROUNDED = "flags=accurate_rnd+full_chroma_int+full_chroma_inp"
"""Flags of ffmpeg's scaler, without which grey becomes a little green."""

CUT = ("format=pix_fmts=gbrp10", f"scale=out_color_matrix=bt709:out_range=tv:{ROUNDED}")
"""Filters that clip colours beyond BT.709. They clip them as RGB, as screens do. Otherwise, such colours would change
when a still is made of the film."""

TO_SDR = (
    "zscale=transfer=linear:npl=100",
    "format=gbrpf32le",
    "zscale=primaries=bt709",
    "tonemap=hable:desat=0",
    "zscale=transfer=bt709:matrix=gbr:range=full",
    *CUT,
)
"""Filters from PQ or HLG to BT.709, with a white of 100 cd/m2.
Sources: https://ffmpeg.org/ffmpeg-filters.html#tonemap-1, and Rec. ITU-R BT.1886 for the white."""

GIF = "format=pix_fmts=gbrp"
"""The filter from a film to RGB. GIF's palette would take packed RGB, to which ffmpeg converts less exactly."""

_BT601 = "colorspace=fast=1:space=bt470bg:primaries=bt709:trc=bt709:format=yuv420p:range="

JPEG = f"{_BT601}pc"
"""The filter from a film to JPEG's colours. Source: https://www.w3.org/Graphics/JPEG/jfif3.pdf (BT.601, full range)."""

WEBP = f"{_BT601}tv"
"""The filter from a film to WebP's colours. Source: https://www.rfc-editor.org/rfc/rfc9649#section-2.6 (BT.601)."""


def source_colours(video: VideoStream) -> Colours:
    """Return the colours of a source. Values that its tags do not give, or that make no sense, are guessed.

    Example:
        >>> film = VideoStream(0, "h264", 1920, 1080, True, 25, 60)
        >>> source_colours(film)
        Colours(primaries=1, transfer=1, matrix=1, full_range=False)
        >>> source_colours(replace(film, width=640, height=360))
        Colours(primaries=6, transfer=1, matrix=6, full_range=False)
    """
    tags = video.colours
    if video.codec == "vp8":  # Its decoder always reports BT.601, but browsers treat VP8 as untagged.
        tags = replace(tags, matrix=UNKNOWN)
    transfer = tags.transfer if tags.transfer in TRANSFERS else UNKNOWN
    primaries = tags.primaries if tags.primaries in PRIMARIES else UNKNOWN
    if _is_rgb(video):
        known = Colours(primaries, transfer, 0, full_range=True)
    else:
        matrix = tags.matrix if _is_unscaled(video) else MATRICES.get(tags.matrix, UNKNOWN)
        full = bool(tags.full_range) or video.pixel_format.startswith("yuvj")
        known = Colours(primaries, transfer, matrix, full)
    return _completed(known, _lines(video))


def output_colours(video: VideoStream) -> Colours:
    """Return the colours of outputs: BT.709, or BT.601 if the source is small and has BT.601 already."""
    known = source_colours(video)
    if _is_hdr(known) or _needs_light(known):
        return BT709
    primaries = 6 if known.primaries in BT601_PRIMARIES else 1
    if known.matrix in BT601_MATRICES and _lines(video) < HD_LINES:
        return Colours(primaries, 6, 6, full_range=False)
    return replace(BT709, primaries=primaries)


def tag_colours(video: VideoStream) -> str:
    """Return the filter that tags the frames of a source with its colours. It converts only matrices in `UNSCALED`."""
    known = source_colours(video)
    if known.matrix in UNSCALED:
        return f"{_tags(known)},zscale=matrix={UNSCALED[known.matrix][1]}:range=limited"
    return _tags(known)


def to_sdr(video: VideoStream) -> tuple[str, ...]:
    """Return the filters that convert frames from `tag_colours` to the colours of outputs."""
    known, wanted = source_colours(video), output_colours(video)
    if known.matrix in UNSCALED:
        known = replace(known, matrix=UNSCALED[known.matrix][0], full_range=False)
    if _is_hdr(known):
        return (*TO_SDR, PLAIN, _tags(wanted))
    if _needs_light(known):
        # Linear light has no curve to keep, so it gets that of screens.
        curve = "iec61966-2-1" if known.transfer == LINEAR else "bt709"
        space = "" if known.matrix else ":color_spaces=bt709:color_ranges=tv"
        exact = f"colorspace=space=bt709:primaries=bt709:trc={curve}:range=tv:format=yuv444p12"
        return (f"format=pix_fmts={EXACT_FORMATS}{space}", exact, *CUT, PLAIN, _tags(wanted))
    if known.full_range or _family(known.matrix) != wanted.matrix:
        matrix = "bt709" if wanted.matrix == 1 else "bt601"
        return (f"scale=out_color_matrix={matrix}:out_range=tv:{ROUNDED}", PLAIN, _tags(wanted))
    return (PLAIN, _tags(wanted))


def colours_allow_copy(video: VideoStream) -> bool:
    """Return whether the colours allow a copy of the stream: players show a copy as they show an encoded output."""
    tags, known = video.colours, source_colours(video)
    plain = not (known.full_range or _needs_light(known) or _is_hdr(known) or _contradicts(video))
    complete = UNKNOWN not in (tags.primaries, tags.transfer, tags.matrix)
    # Browsers use tags only if they are complete. Otherwise they guess by the size.
    guessed = _completed(Colours(full_range=False), _lines(video))
    family = _family(known.matrix)
    return plain and family in (1, 6) and (complete or family == guessed.matrix)


def guess_warnings(video: VideoStream, name: str) -> tuple[OutputWarning, ...]:
    """Return the warning for colours that were guessed.

    It is given if the tags contradict each other, and if tags are missing although the colours are more than BT.709's.

    Args:
        video: The picture of the source.
        name: The source's name that the user gave.
    """
    tags, known = video.colours, source_colours(video)
    if _contradicts(video):
        problem = "has tags for its colours that contradict each other or name no colour"
    elif known.primaries == 9 and UNKNOWN in (tags.primaries, tags.transfer, tags.matrix or known.matrix):
        problem = "does not say all of its colours, which are more than BT.709's"
    else:
        return ()
    return (OutputWarning(code="colours-guessed", message=f"The file {name!r} {problem}. They were guessed."),)


def watermark_colours(video: VideoStream) -> str:
    """Return the filter that converts a watermark with alpha from RGB to the colours of the film under it."""
    matrix = "bt709" if output_colours(video).matrix == 1 else "bt601"
    return f"scale=out_color_matrix={matrix}:out_range=tv:{ROUNDED},format=pix_fmts=yuva420p"


def _completed(known: Colours, lines: int) -> Colours:
    """Return colours with guesses in place of unknown values."""
    primaries, transfer, matrix = known.primaries, known.transfer, known.matrix
    if matrix == ICTCP:
        primaries = 9  # ICtCp is defined only for these primaries.
    if matrix == UNKNOWN:
        matrix = _guessed_matrix(known, lines)
    if primaries == UNKNOWN and (transfer in (PQ, HLG) or matrix == 9):
        primaries = 9
    elif primaries == UNKNOWN:
        primaries = 6 if matrix in (4, 5, 6, 7) else 1
    if transfer not in (LINEAR, PQ, HLG):
        transfer = 1
    return Colours(primaries, transfer, matrix, known.full_range)


def _guessed_matrix(known: Colours, lines: int) -> int:
    if known.transfer in (PQ, HLG, *BT2020_TRANSFERS) or known.primaries == 9:
        return 9
    if known.primaries in (5, *BT601_PRIMARIES):
        return 6
    if known.primaries != UNKNOWN or known.transfer == 1:
        return 1
    # A full range without a matrix is typical of JPEG, which is BT.601.
    return 6 if lines < HD_LINES or known.full_range else 1


def _contradicts(video: VideoStream) -> bool:
    tags = video.colours
    missing = (0, UNKNOWN)
    if tags.primaries not in (*missing, *PRIMARIES) or tags.transfer not in (*missing, *TRANSFERS):
        return True
    if _is_rgb(video):
        return False
    if tags.matrix == ICTCP and tags.primaries not in (*missing, 9):
        return True
    return tags.matrix == BT2020_CONSTANT or not (tags.matrix in (UNKNOWN, *MATRICES) or _is_unscaled(video))


def _is_unscaled(video: VideoStream) -> bool:
    tags = video.colours
    fits = tags.matrix == YCGCO or (tags.matrix == ICTCP and tags.transfer in (PQ, HLG))
    return fits and video.pixel_format.startswith("yuv")


def _is_rgb(video: VideoStream) -> bool:
    return video.pixel_format.startswith(RGB_FORMATS)


def _is_hdr(known: Colours) -> bool:
    return known.transfer in (PQ, HLG)


def _needs_light(known: Colours) -> bool:
    """Return whether the colours must be converted in linear light, because a matrix alone is not enough."""
    return known.primaries in WIDE or known.transfer == LINEAR


def _family(matrix: int) -> int:
    return 6 if matrix in BT601_MATRICES else matrix


def _lines(video: VideoStream) -> int:
    """Return the lines of the frames before they are turned."""
    return video.width if video.rotation % 180 else video.height


def _tags(colours: Colours) -> str:
    values = f"color_primaries={colours.primaries}:color_trc={colours.transfer}:colorspace={colours.matrix}"
    return f"setparams=range={'pc' if colours.full_range else 'tv'}:{values}"
