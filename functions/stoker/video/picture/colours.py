"""Colours: how the numbers of a film are read, and the filters that make BT.709 or BT.601 of them.

The numbers of primaries, transfers and matrices are those of ITU-T H.273. What is assumed, and why, is in
docs/colours.md.
"""

from dataclasses import replace

from stoker.models.warnings import OutputWarning
from stoker.probe.probe import Colours, VideoStream

HD_LINES = 720
"""Pictures of so many lines are BT.709 where they have no tags, and those of fewer lines are BT.601.
Source: https://source.chromium.org/chromium/chromium/src/+/main:media/ffmpeg/ffmpeg_common.cc"""

UNKNOWN = 2

BT709 = Colours(1, 1, 1, full_range=False)

BT601_MATRICES = (5, 6)
BT601_PRIMARIES = (6, 7)
"""Those of 525 lines. Those of 625 lines (5), and 22, are taken for BT.709's: of those of 625 lines, only green differs
from them, by 0.01 in x."""

BT2020_CONSTANT = 10
MATRICES = {1: 1, 4: 4, 5: 5, 6: 6, 7: 7, 9: 9, BT2020_CONSTANT: 9}
"""The matrices that can be read, and how: BT.2020 with constant luminance is read as without."""

YCGCO, ICTCP = 8, 14
UNSCALED = {YCGCO: (1, "bt709"), ICTCP: (9, "bt2020nc")}
"""The matrices that ffmpeg's scaler can't read, and those to which zimg converts them before. ICtCp is for HDR alone.
Source: Rec. ITU-R BT.2100, table 7."""

PRIMARIES = (1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 22)

WIDE = (4, 8, 9, 10, 11, 12)
"""Primaries that are so far from BT.709's that they are converted."""

LINEAR, PQ, HLG = 8, 16, 18
TRANSFERS = (1, 4, 5, 6, 7, LINEAR, 11, 12, 13, 14, 15, PQ, HLG)
"""The transfer functions that can be read. All but three are read as BT.709's, as browsers do: sRGB's is near to it,
and the gammas of 2.2 and 2.8 (4, 5) stand in the tags of DVDs whose pictures were made as any others."""

BT2020_TRANSFERS = (14, 15)

RGB_FORMATS = ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "x2rgb", "x2bgr", "pal8", "bayer", "xyz")
"""How ffmpeg's names of pixel formats begin that hold red, green and blue."""

PLAIN = "format=pix_fmts=yuv420p:color_ranges=tv"
"""The pixels that every player shows. Stands before the ways part: JPEG wants the full range, and all would get it."""

EXACT_FORMATS = "|".join(f"yuv{chroma}p{bits}" for chroma in (420, 422, 444) for bits in ("", "10", "12"))
"""The pixel formats that ffmpeg's filter `colorspace` reads. Source: https://ffmpeg.org/ffmpeg-filters.html#colorspace"""

ROUNDED = "flags=accurate_rnd+full_chroma_int+full_chroma_inp"
"""Without it, ffmpeg's scaler lets grey become a little green."""

CUT = ("format=pix_fmts=gbrp10", f"scale=out_color_matrix=bt709:out_range=tv:{ROUNDED}")
"""From colours that may lie beyond BT.709 to those within. As RGB they are cut off as screens do it; what is beyond, as
BT.709, would become another colour where a still is made of it."""

TO_SDR = (
    "zscale=transfer=linear:npl=100",
    "format=gbrpf32le",
    "zscale=primaries=bt709",
    "tonemap=hable:desat=0",
    "zscale=transfer=bt709:matrix=gbr:range=full",
    *CUT,
)
"""From PQ or HLG to BT.709, at a white of 100 cd/m2. Source: https://ffmpeg.org/ffmpeg-filters.html#tonemap-1, and
the white of Rec. ITU-R BT.1886."""

GIF = "format=pix_fmts=gbrp"
"""From a film to RGB. ffmpeg's way to packed RGB, which GIF's palette would take, is less exact."""

_BT601 = "colorspace=fast=1:space=bt470bg:primaries=bt709:trc=bt709:format=yuv420p:range="

JPEG = f"{_BT601}pc"
"""From a film to the colours of JPEG. Source: https://www.w3.org/Graphics/JPEG/jfif3.pdf (BT.601, full range)."""

WEBP = f"{_BT601}tv"
"""From a film to the colours of WebP. Source: https://www.rfc-editor.org/rfc/rfc9649#section-2.6 (BT.601)."""


def meant(video: VideoStream) -> Colours:
    """The colours of a film, with every value known: from its tags, and guessed where these say nothing or nonsense.

    Example:
        >>> film = VideoStream(0, "h264", 1920, 1080, True, 25, 60)
        >>> meant(film)
        Colours(primaries=1, transfer=1, matrix=1, full_range=False)
        >>> meant(replace(film, width=640, height=360))
        Colours(primaries=6, transfer=1, matrix=6, full_range=False)
    """
    told = video.colours
    if video.codec == "vp8":  # Its decoder always says BT.601; what browsers show depends on the size, as untagged.
        told = replace(told, matrix=UNKNOWN)
    transfer = told.transfer if told.transfer in TRANSFERS else UNKNOWN
    primaries = told.primaries if told.primaries in PRIMARIES else UNKNOWN
    if _is_rgb(video):
        known = Colours(primaries, transfer, 0, full_range=True)
    else:
        matrix = told.matrix if _is_unscaled(video) else MATRICES.get(told.matrix, UNKNOWN)
        full = bool(told.full_range) or video.pixel_format.startswith("yuvj")
        known = Colours(primaries, transfer, matrix, full)
    return _completed(known, _lines(video))


def made(video: VideoStream) -> Colours:
    """The colours that films have that are made of a film: BT.709, or BT.601 where a small film has that already."""
    known = meant(video)
    if _is_hdr(known) or _needs_light(known):
        return BT709
    primaries = 6 if known.primaries in BT601_PRIMARIES else 1
    if known.matrix in BT601_MATRICES and _lines(video) < HD_LINES:
        return Colours(primaries, 6, 6, full_range=False)
    return replace(BT709, primaries=primaries)


def read_as(video: VideoStream) -> str:
    """The filter that tags the frames of a film with its colours. It converts only those that could not be scaled."""
    known = meant(video)
    if known.matrix in UNSCALED:
        return f"{_tags(known)},zscale=matrix={UNSCALED[known.matrix][1]}:range=limited"
    return _tags(known)


def to_sdr(video: VideoStream) -> tuple[str, ...]:
    """The filters between frames that have gone through `read_as` and those that are encoded."""
    known, wanted = meant(video), made(video)
    if known.matrix in UNSCALED:
        known = replace(known, matrix=UNSCALED[known.matrix][0], full_range=False)
    if _is_hdr(known):
        return (*TO_SDR, PLAIN, _tags(wanted))
    if _needs_light(known):
        # For light itself there is no curve to keep, so it gets that of screens.
        curve = "iec61966-2-1" if known.transfer == LINEAR else "bt709"
        space = "" if known.matrix else ":color_spaces=bt709:color_ranges=tv"
        exact = f"colorspace=space=bt709:primaries=bt709:trc={curve}:range=tv:format=yuv444p12"
        return (f"format=pix_fmts={EXACT_FORMATS}{space}", exact, *CUT, PLAIN, _tags(wanted))
    if known.full_range or _family(known.matrix) != wanted.matrix:
        matrix = "bt709" if wanted.matrix == 1 else "bt601"
        return (f"scale=out_color_matrix={matrix}:out_range=tv:{ROUNDED}", PLAIN, _tags(wanted))
    return (PLAIN, _tags(wanted))


def copies(video: VideoStream) -> bool:
    """Whether a film's stream may be copied: players show it as they would show what is encoded."""
    told, known = video.colours, meant(video)
    plain = not (known.full_range or _needs_light(known) or _is_hdr(known) or _contradicts(video))
    complete = UNKNOWN not in (told.primaries, told.transfer, told.matrix)
    # Browsers heed only tags that are complete; else they guess by the size.
    guessed = _completed(Colours(full_range=False), _lines(video))
    family = _family(known.matrix)
    return plain and family in (1, 6) and (complete or family == guessed.matrix)


def guesses(video: VideoStream, name: str) -> tuple[OutputWarning, ...]:
    """The warning where a film's tags are missing for what is more than SDR, or contradict each other.

    Args:
        video: The film.
        name: The file as the user knows it.
    """
    told, known = video.colours, meant(video)
    if _contradicts(video):
        said = "has tags for its colours that contradict each other or name no colour"
    elif known.primaries == 9 and UNKNOWN in (told.primaries, told.transfer, told.matrix or known.matrix):
        said = "does not say all of its colours, which are more than BT.709's"
    else:
        return ()
    return (OutputWarning(code="colours-guessed", message=f"The file {name!r} {said}. They were guessed."),)


def mark_colours(video: VideoStream) -> str:
    """The filter that converts a picture with alpha from RGB to what it is laid over."""
    matrix = "bt709" if made(video).matrix == 1 else "bt601"
    return f"scale=out_color_matrix={matrix}:out_range=tv:{ROUNDED},format=pix_fmts=yuva420p"


def _completed(known: Colours, lines: int) -> Colours:
    """Guesses what is unknown."""
    primaries, transfer, matrix = known.primaries, known.transfer, known.matrix
    if matrix == ICTCP:
        primaries = 9  # It is defined for no others.
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
    # The full range without a matrix is what JPEG has.
    return 6 if lines < HD_LINES or known.full_range else 1


def _contradicts(video: VideoStream) -> bool:
    told = video.colours
    missing = (0, UNKNOWN)
    if told.primaries not in (*missing, *PRIMARIES) or told.transfer not in (*missing, *TRANSFERS):
        return True
    if _is_rgb(video):
        return False
    if told.matrix == ICTCP and told.primaries not in (*missing, 9):
        return True
    return told.matrix == BT2020_CONSTANT or not (told.matrix in (UNKNOWN, *MATRICES) or _is_unscaled(video))


def _is_unscaled(video: VideoStream) -> bool:
    told = video.colours
    fits = told.matrix == YCGCO or (told.matrix == ICTCP and told.transfer in (PQ, HLG))
    return fits and video.pixel_format.startswith("yuv")


def _is_rgb(video: VideoStream) -> bool:
    return video.pixel_format.startswith(RGB_FORMATS)


def _is_hdr(known: Colours) -> bool:
    return known.transfer in (PQ, HLG)


def _needs_light(known: Colours) -> bool:
    """Whether its colours must be converted as light, and not by a matrix alone."""
    return known.primaries in WIDE or known.transfer == LINEAR


def _family(matrix: int) -> int:
    return 6 if matrix in BT601_MATRICES else matrix


def _lines(video: VideoStream) -> int:
    """The lines of its frames as they are coded, before they are turned."""
    return video.width if video.rotation % 180 else video.height


def _tags(colours: Colours) -> str:
    told = f"color_primaries={colours.primaries}:color_trc={colours.transfer}:colorspace={colours.matrix}"
    return f"setparams=range={'pc' if colours.full_range else 'tv'}:{told}"
