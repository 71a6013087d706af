"""The parameters of a picture in its packets, and their changes. The child process that opens files imports it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

HEAD_BYTES = 512
"""Bytes of a packet that are searched first: the parameters come before the picture."""

MAX_CHANGES = 8
"""Different sizes of a picture, or formats of a sound, that are kept."""

MAX_SETS = 256
"""Parameter sets that are remembered, each as a hash."""

MAX_SET_BYTES = 512
"""Bytes of a parameter set that are parsed: the values that are needed come first."""

MAX_UNITS = 64
"""NAL units of a packet that are examined before its picture."""

NAMED = {"h264": {7: "sequence", 8: "picture"}, "hevc": {32: "video", 33: "sequence", 34: "picture"}}
"""Types of NAL units that hold parameters. Source: Rec. ITU-T H.264, table 7-1; H.265, table 7-1."""

PROGRESSIVE = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "gif", "apng", "png", "webp"})
"""Codecs without interlaced frames, and H.264, whose parameters say whether its frames may be interlaced."""

Size = tuple[int, int]
"""Width and height in pixels."""


class Bits:
    """A reader of the bits of a parameter set, without its emulation prevention bytes."""

    def __init__(self, content: bytes, *, escaped: bool = True) -> None:
        content = content[:MAX_SET_BYTES]
        content = content.replace(b"\0\0\3", b"\0\0") if escaped else content
        self._value, self._left = int.from_bytes(content, "big"), 8 * len(content)

    def read(self, count: int) -> int:
        """Read a number.

        Args:
            count: The number's length, in bits.

        Raises:
            ValueError: Fewer bits are left.
        """
        self._left -= count
        if self._left < 0:
            raise ValueError("the parameters are cut short")
        return (self._value >> self._left) & ((1 << count) - 1)

    def golomb(self) -> int:
        """Read an exponential Golomb code (`ue(v)`). Source: Rec. ITU-T H.264, 9.1."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise ValueError("a number of the parameters is too large")
        return (1 << zeros) - 1 + self.read(zeros)


class PictureParameters:
    """The parameters of a video stream, from its container and its packets, without decoding.

    Args:
        codec: ffmpeg's name of the codec.
        extradata: The parameters in the container.

    Attributes:
        known: Whether parameters were found.
        progressive: Whether it is certain that no frame is interlaced.
        steady: Whether the parameters have never changed.
        in_band: Whether packets have parameters, too.
        sizes: The sizes of the picture in the order of their first frames, each once.
    """

    def __init__(self, codec: str, extradata: bytes) -> None:
        self.known = False
        self.progressive = codec in PROGRESSIVE
        self.steady = True
        self.in_band = False
        self.sizes: list[Size] = []
        self._codec = codec
        self._sets: dict[tuple[str, int], int] = {}
        self._read: dict[int, tuple[str, int]] = {}
        self._complete = False
        self._length = 0
        self._extradata = extradata
        if codec in NAMED:
            self._begin(extradata)

    def _begin(self, extradata: bytes) -> None:
        self._extradata = extradata
        if extradata[:1] != b"\1":
            self._take(_annex_b(extradata))
            return
        h264 = self._codec == "h264"
        self._length = 1 + (extradata[4 if h264 else 21 : 5 if h264 else 22] or b"\3")[0] % 4
        self._take(_avc_sets(extradata) if h264 else _hevc_sets(extradata))

    def changed(self, extradata: bytes) -> None:
        """Take the extradata that a packet has, in place of the earlier extradata."""
        if extradata == self._extradata:
            return
        self.steady = False
        if self._codec in NAMED:
            self._begin(extradata)
        self._extradata = extradata

    def look(self, packet: memoryview, key: bool) -> None:
        """Search a packet for parameters.

        Args:
            packet: The packet.
            key: Whether the packet has a key frame.
        """
        if self._codec in NAMED:
            self._take(_before_picture(packet, self._length, self._codec), in_band=True)
            self._complete = self._complete or self.known
        elif key and self._codec in SIZES:
            size = SIZES[self._codec](bytes(packet[:HEAD_BYTES]))
            if size:
                self.known = True
                self._sized(size)

    def _take(self, units: Iterable[bytes], *, in_band: bool = False) -> None:
        for unit in units:
            name = NAMED[self._codec].get(_kind(unit, self._codec))
            if name is None:
                continue
            self.in_band = self.in_band or in_band
            content = hash(unit)
            if content not in self._read:
                if len(self._read) == MAX_SETS:
                    self.steady = False
                    return
                try:
                    self._read[content] = name, self._number(name, unit)
                except ValueError:  # A decoder can't read this set either.
                    continue
            before = self._sets.get(self._read[content])
            if before != content and (before is not None or self._complete):
                self.steady = False
            self._sets[self._read[content]] = content

    def _number(self, name: str, unit: bytes) -> int:
        if name == "picture":
            return Bits(unit[1 if self._codec == "h264" else 2 :][:8]).golomb()
        if name == "video":
            return unit[2] >> 4 if len(unit) > 2 else 0
        number, size, frames_only = _h264_sequence(unit) if self._codec == "h264" else _hevc_sequence(unit)
        self.known = True
        self.progressive = self.progressive and frames_only
        self._sized(size)
        return number

    def _sized(self, size: Size) -> None:
        if size not in self.sizes and len(self.sizes) < MAX_CHANGES:
            self.sizes.append(size)
        if len(self.sizes) > 1:
            self.steady = False


def _kind(unit: bytes, codec: str) -> int:
    if not unit:
        return -1
    return unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F


def _is_picture(kind: int, codec: str) -> bool:
    return 1 <= kind <= 5 if codec == "h264" else kind < 32


def _annex_b(content: bytes) -> Iterator[bytes]:
    """Iterate over NAL units that are separated by start codes. Source: Rec. ITU-T H.264, annex B."""
    at = content.find(b"\0\0\1")
    while at >= 0:
        following = content.find(b"\0\0\1", at + 3)
        yield content[at + 3 : following if following >= 0 else len(content)].rstrip(b"\0")
        at = following


def _avc_sets(extradata: bytes) -> Iterator[bytes]:
    """Iterate over the parameter sets in the `avcC` of H.264. Source: ISO/IEC 14496-15, 5.3.3.1."""
    at = 5
    for mask in (0x1F, 0xFF):
        count = extradata[at] & mask if at < len(extradata) else 0
        at += 1
        for _ in range(count):
            length = int.from_bytes(extradata[at : at + 2], "big")
            yield extradata[at + 2 : at + 2 + length]
            at += 2 + length


def _hevc_sets(extradata: bytes) -> Iterator[bytes]:
    """Iterate over the parameter sets in the `hvcC` of HEVC. Source: ISO/IEC 14496-15, 8.3.3.1."""
    at = 23
    for _ in range(extradata[22] if len(extradata) > 22 else 0):
        count = int.from_bytes(extradata[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            if at >= len(extradata):
                return
            length = int.from_bytes(extradata[at : at + 2], "big")
            yield extradata[at + 2 : at + 2 + length]
            at += 2 + length


def _before_picture(packet: memoryview, length: int, codec: str) -> Iterable[bytes]:
    """Return the NAL units of a packet before the first NAL unit of its picture.

    Args:
        packet: The packet.
        length: The number of bytes in which the length of a unit is written; 0 if start codes separate the units.
        codec: ffmpeg's name of the codec.
    """
    return _lengths(packet, length, codec) if length else _start_codes(packet, codec)


def _start_codes(packet: memoryview, codec: str) -> list[bytes]:
    for content in (bytes(packet[:HEAD_BYTES]), packet):  # The whole packet is seldom needed.
        units: list[bytes] = []
        for unit in islice(_annex_b(bytes(content)), MAX_UNITS):
            if _is_picture(_kind(unit, codec), codec):
                return units
            units.append(unit)
        if len(content) == len(packet):
            return units
    return []


def _lengths(packet: memoryview, length: int, codec: str) -> Iterator[bytes]:
    """Iterate over the parameter sets of a packet whose NAL units have lengths. Source: ISO/IEC 14496-15, 4.3.2."""
    at = 0
    for _ in range(MAX_UNITS):
        if at + length >= len(packet):
            return
        count = int.from_bytes(packet[at : at + length], "big")
        kind = _kind(bytes(packet[at + length : at + length + 1]), codec)
        if count == 0 or _is_picture(kind, codec):
            return
        if kind in NAMED[codec]:
            yield bytes(packet[at + length : at + length + count])
        at += length + count


def _h264_sequence(unit: bytes) -> tuple[int, Size, bool]:
    """Return a set's number, its size, and whether it has no interlaced frames. Source: Rec. ITU-T H.264, 7.3.2.1.1."""
    bits = Bits(unit[1:])
    profile = bits.read(8)
    bits.read(16)
    number, chroma, separate = bits.golomb(), 1, 0
    if profile in (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135):
        chroma = bits.golomb()
        separate = bits.read(1) if chroma == 3 else 0
        bits.golomb()
        bits.golomb()
        bits.read(1)
        if bits.read(1):
            for matrix in range(12 if chroma == 3 else 8):
                if bits.read(1):
                    _skip_scaling(bits, 16 if matrix < 6 else 64)
    bits.golomb()
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.read(1)
        bits.golomb()
        bits.golomb()
        for _ in range(min(bits.golomb(), 256)):
            bits.golomb()
    bits.golomb()
    bits.read(1)
    width, height = 16 * (bits.golomb() + 1), 16 * (bits.golomb() + 1)
    frames_only = bits.read(1)
    height *= 2 - frames_only
    if not frames_only:
        bits.read(1)
    bits.read(1)
    if bits.read(1):
        across = 1 if separate or chroma in (0, 3) else 2
        down = (2 if chroma == 1 and not separate else 1) * (2 - frames_only)
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        width, height = width - across * (left + right), height - down * (top + bottom)
    return number, (width, height), bool(frames_only)


def _skip_scaling(bits: Bits, count: int) -> None:
    last = following = 8
    for _ in range(count):
        if following:
            step = bits.golomb()
            following = (last + (-(step // 2) if step % 2 == 0 else step // 2 + 1)) % 256
        last = following or last


def _hevc_sequence(unit: bytes) -> tuple[int, Size, bool]:
    """Return the same as `_h264_sequence`. HEVC is never interlaced. Source: Rec. ITU-T H.265, 7.3.2.2.1 and 7.3.3."""
    bits = Bits(unit[2:])
    bits.read(4)
    layers = bits.read(3)
    bits.read(1 + 96)
    present = [(bits.read(1), bits.read(1)) for _ in range(layers)]
    if layers:
        bits.read(2 * (8 - layers))
    for profile, level in present:
        bits.read(88 * profile + 8 * level)
    number, chroma = bits.golomb(), bits.golomb()
    if chroma == 3:
        bits.read(1)
    width, height = bits.golomb(), bits.golomb()
    if bits.read(1):
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        across, down = 2 if chroma in (1, 2) else 1, 2 if chroma == 1 else 1
        width, height = width - across * (left + right), height - down * (top + bottom)
    return number, (width, height), True


def _vp8(head: bytes) -> Size | None:
    """Return the size in a key frame of VP8. Source: RFC 6386, 9.1."""
    if len(head) < 10 or head[0] & 1 or head[3:6] != b"\x9d\x01\x2a":
        return None
    return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF


def _vp9(head: bytes) -> Size | None:
    """Return the size in a key frame of VP9. Source: VP9 Bitstream & Decoding Process Specification 0.6, 6.2."""
    bits = Bits(head[:16], escaped=False)
    try:
        if bits.read(2) != 2:
            return None
        profile = bits.read(1) + 2 * bits.read(1)
        if profile == 3:
            bits.read(1)
        if bits.read(1) or bits.read(1):  # It repeats an earlier frame, or is no key frame.
            return None
        bits.read(2)
        if bits.read(24) != 0x498342:
            return None
        if profile >= 2:
            bits.read(1)
        if bits.read(3) != 7:  # not RGB
            bits.read(1)
            if profile in (1, 3):
                bits.read(3)
        elif profile in (1, 3):
            bits.read(1)
        return bits.read(16) + 1, bits.read(16) + 1
    except ValueError:
        return None


def _mpeg2(head: bytes) -> Size | None:
    """Return the size in a sequence header of MPEG-1 or MPEG-2. Source: Rec. ITU-T H.262, 6.2.2.1."""
    at = head.find(b"\0\0\1\xb3")
    if at < 0 or at + 7 > len(head):
        return None
    both = int.from_bytes(head[at + 4 : at + 7], "big")
    return both >> 12, both & 0xFFF


SIZES: Mapping[str, Callable[[bytes], Size | None]] = {
    "vp8": _vp8,
    "vp9": _vp9,
    "mpeg1video": _mpeg2,
    "mpeg2video": _mpeg2,
}
