"""The codecs of films of patches, and the error of a colour that is allowed."""

WITHIN = 3
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "2")
TEN = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:qp=2", "-tag:v", "hvc1")
