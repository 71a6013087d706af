"""HTTP Live Streaming: reading segments of fragmented MP4, and writing the playlists that name them.

ffmpeg writes the segments, with the flags in `stoker.video.outputs.hls` and the key frames of
`stoker.video.encode.encoders`.

Source: https://datatracker.ietf.org/doc/html/rfc8216, and the authoring specification for Apple's players:
https://developer.apple.com/documentation/http-live-streaming/hls-authoring-specification-for-apple-devices
"""
