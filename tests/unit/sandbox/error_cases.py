"""Complaints as the bundled ffmpeg writes them, of files that were broken on purpose, and the words for them."""

# A complaint is one line, as ffmpeg prints it.
# ruff: noqa: E501

INVALID = "Error opening input files: Invalid data found when processing input"
FAILED = "Task finished with error code: -22 (Invalid argument)"
NOTHING = "[out#3/null @ 0x55db57bc1d40] Nothing was written into output file, because at least one of its streams received no packets."
DAMAGED = "its picture or sound is damaged"

CAUSES = (
    (f"[in#0 @ 0x55e0d2351a80] moov atom not found\n[in#0 @ 0x5] Error opening input: Invalid data found\n{INVALID}", "its index is missing: it was cut off, or is still being written"),
    ("[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5] stream 0, offset 0x3039: partial file\n[in#0 @ 0x5] x", "it is cut off before its end"),
    ("[in#0/matroska,webm @ 0x5624a5b93a80] File ended prematurely at pos. 9599 (0x257f)", "it ends in the middle"),
    (f"[in#0 @ 0x5623cbfaba80] EBML header parsing failed\n{INVALID}", "its header is damaged"),
    (f"[in#0 @ 0x5] Duplicate element\n[in#0 @ 0x5] Error opening input: Invalid data found\n{INVALID}", "its header is damaged"),
    ("[in#0/matroska,webm @ 0x5] Element at 0x38ed ending at 0x4221a1c30 exceeds containing master element ending at 0x7061", "its parts are damaged"),
    ("[in#0/flv @ 0x560ff3a6fa80] Packet mismatch 391003657 221 28713", "its parts are damaged"),
    ("[in#0/asf @ 0x56056ac57a80] packet_obj_size -1567942203 invalid", "its parts are damaged"),
    (f"[in#0 @ 0x55b4676f6a80] CRC mismatch!\n{INVALID}", "its checksums are wrong, so it was damaged on its way"),
    ("[in#0 @ 0x5] Failed to find two consecutive MPEG audio frames.\nError opening input files: Invalid data", "it holds no MP3 sound that can be found"),
    ("[mp3float @ 0x5631f1f84c00] Header missing", "it holds no MP3 sound that can be found"),
    (f"[in#0 @ 0x55a45874aa80] no 'data' tag found\n{INVALID}", "the part with its sound is missing"),
    ("[in#0 @ 0x5] missing packet table. It is required when block size or frame size are variable.", "its table of packets is damaged or missing"),
    ("[in#0 @ 0x55b558155a80] Format not on whitelist 'mov,matroska,avi'\nError opening input: Invalid argument", "its format is not accepted"),
    ("[in#0 @ 0x5] Protocol 'http' not on whitelist 'file'!", "it refers to another file or host, which is not opened"),
    ("[aist#0:0/ac4 @ 0x5] Decoding requested, but no decoder found for: ac4\nError opening output file -.", "its codec is not supported: AC-4"),
    ("[vist#0:0/none @ 0x5606e2f13f40] Decoding requested, but no decoder found for: none", "its codec is not supported"),
    ("Decoder not found", "its codec is not supported"),
    ("[in#0/mpegts @ 0x55c33b3db740] could not find codec parameters", "its streams do not say what they hold"),
    ("[h264 @ 0x5] Picture size 99999x99999 is invalid", "its picture has a size that is not possible"),
    ("[libwebp_anim @ 0x563d784ace40] Picture size is too large. Max is 16383x16383.", "its picture has a size that is not possible"),
    ("[aist#0:0/aac @ 0x5] [dec:aac @ 0x5] Decode error rate 1 exceeds maximum 0.666667", "most of it can't be decoded"),
    (NOTHING, "nothing in it can be decoded"),
    ("no frame can be decoded", "nothing in it can be decoded"),
    ("[mp4 @ 0x5] Application provided invalid, non monotonically increasing dts to muxer in stream 0: 5 >= 4", "its times are not in order"),
    ("[h264 @ 0x5] non-existing PPS 0 referenced\n[h264 @ 0x5] no frame!", DAMAGED),
    ("[aac @ 0x55dfe65ccd80] Input buffer exhausted before END element found", DAMAGED),
    ("[aac @ 0x5] channel element 2.7 is not allocated", DAMAGED),
    ("[flac @ 0x55784df96e40] invalid sync code\n[flac @ 0x5] invalid frame header", DAMAGED),
    ("[wmav2 @ 0x54fd] Input packet size too small (135 < 743)", DAMAGED),
    ("[mpeg4 @ 0x560076fe2fc0] ac-tex damaged at 3 2\n    Last message repeated 1 times", DAMAGED),
    ("[amrnb @ 0x55e2dd0ff3c0] Corrupt bitstream", DAMAGED),
    ("[Parsed_zscale_0 @ 0x5] code 3074: no path between colorspaces\n[vf#0:0 @ 0x5] Error while filtering: Generic error", "its colours can't be converted"),
    ("[caf @ 0x55d993dd3b00] muxing codec currently unsupported\n[out#0/caf @ 0x5] Could not write header: Not yet implemented in FFmpeg, patches welcome", "it uses a feature that is not supported"),
    ("[libwebp encoder @ 0x5] WebPAnimEncoderAssemble() failed with error: 1\n[vost#0:0 @ 0x5] Error flushing encoder: Cannot allocate memory", "no output of what was asked for can be encoded from it"),
    ("[in#0 @ 0x5] Error opening input: Cannot allocate memory", "it claims a size that no memory holds"),
    (f"[in#0 @ 0x5642f604a740] Error opening input: Invalid data found when processing input\n{INVALID}", "its data are damaged, or of another kind than its beginning says"),
    ("Invalid data found when processing input", "its data are damaged, or of another kind than its beginning says"),
    ("[in#0 @ 0x55ee287e9740] Error opening input: End of file", "it ends before anything in it can be read"),
    ("[in#0 @ 0x5] Error opening input: Input/output error\nError opening input file source.", "it ends before anything in it can be read"),
    (f"[vf#0:0 @ 0x5] Error sending frames to consumers: Invalid argument\n[vf#0:0 @ 0x5] {FAILED}", "a part of it has a form that can't be worked on"),
    ("the decoder gave up on it", "the decoder gave up on it"),
    ("it holds no picture", "it holds no picture"),
    ("[x @ 0x55d] Strange thing at 0x7f12 in source of video-720p.mp4", "Strange thing at in the file of the file"),
    ("", ""),
)  # fmt: skip

MEMORY = (
    ("x264 [error]: malloc of size 26999616 failed\n[vost#0:0/libx264 @ 0x5] Error submitting video frame", "memory"),
    ("[libsvtav1 @ 0x5] Error initializing encoder: insufficient resources (0x80001000)", "memory"),
    ("[libvpx-vp9 @ 0x5] Failed to initialize encoder: Memory allocation error", "memory"),
    ("[vost#0:0/libx264 @ 0x5] pthread_create() failed: Resource temporarily unavailable", "memory"),
    ("[vf#0:0 @ 0x5] Error sending frames to consumers: Cannot allocate memory", "memory"),
    ("[out#0/avi @ 0x5] Error writing trailer: File too large", "room"),
    ("[out#0/mp4 @ 0x5] Error writing trailer: No space left on device", "room"),
    ("[libwebp encoder @ 0x5] WebPAnimEncoderAssemble() failed with error: 1\n[enc] Error flushing encoder: Cannot allocate memory", None),
    ("[libwebp_anim @ 0x5] Picture size is too large. Max is 16383x16383.", None),
    ("[in#0 @ 0x5] Error opening input: Cannot allocate memory", None),
    ("[in#0/flac @ 0x5] Error during demuxing: Cannot allocate memory", None),
    (NOTHING, None),
    (INVALID, None),
)  # fmt: skip
