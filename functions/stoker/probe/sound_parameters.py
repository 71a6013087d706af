"""The parameters of a sound in its packets. The child process that opens files imports it."""

ADTS_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
"""Samples a second. Source: ISO/IEC 14496-3, table 1.18."""

MPEG_RATES = (44100, 48000, 32000)
AC3_RATES = (48000, 44100, 32000)
AC3_CHANNELS = (2, 1, 2, 3, 3, 4, 4, 5)


def sound_parameters(codec: str, head: bytes) -> tuple[int, int] | None:
    """Return the samples a second and the channels in a packet's own header; None if it has no such header.

    Args:
        codec: ffmpeg's name of the codec.
        head: The first bytes of the packet.
    """
    if len(head) < 7:
        return None
    if codec == "aac" and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:  # Source: ISO/IEC 14496-3, 1.A.2
        rate, channels = head[2] >> 2 & 15, (head[2] & 1) << 2 | head[3] >> 6
        return (ADTS_RATES[rate], channels) if rate < len(ADTS_RATES) and channels else None
    if codec[:3] in ("mp1", "mp2", "mp3") and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:  # ISO/IEC 11172-3, 2.4.1.3
        version, rate = head[1] >> 3 & 3, head[2] >> 2 & 3
        if rate == 3 or version == 1:
            return None
        return MPEG_RATES[rate] >> (2, 0, 1, 0)[version], 1 if head[3] >> 6 == 3 else 2
    if codec in ("ac3", "eac3") and head[:2] == b"\x0b\x77":  # Source: ETSI TS 102 366, 4.4.1 and E.1.2.2
        if codec == "eac3":
            rate, mode = head[4] >> 6, head[4] >> 1 & 7
            return (AC3_RATES[rate], AC3_CHANNELS[mode] + (head[4] & 1)) if rate < 3 else None
        rate, mode = head[4] >> 6, head[6] >> 5
        skip = 2 * (bool(mode & 1) and mode != 1) + 2 * bool(mode & 4) + 2 * (mode == 2)
        low = head[6] >> (4 - skip) & 1 if skip <= 4 else 0
        return (AC3_RATES[rate], AC3_CHANNELS[mode] + low) if rate < 3 else None
    return None
