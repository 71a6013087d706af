"""What ffmpeg may open. Its own defaults would let a file name other files and hosts, and read them."""

CONTAINERS = "mov,matroska,avi,flv,mpegts,mpeg,ogg,wav,mp3,flac,aac,asf"
"""Demuxers for what users upload. None of them is a playlist, a script or a list of other files."""

PICTURES = "image2,jpeg_pipe"
"""Demuxers for the still pictures that we made ourselves."""

WATERMARKS = "png_pipe,jpeg_pipe,webp_pipe"
"""Demuxers for the still pictures that users bring."""

PIPE = "pipe"
"""The protocol of what we hand over ourselves, by standard input."""

PROTOCOLS = "file"
"""No network, no pipes into shells, no `concat:` or `subfile:` of other files."""
