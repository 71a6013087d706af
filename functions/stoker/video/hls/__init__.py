"""HTTP Live Streaming: segments of fragmented MP4, and the playlists that name them.

Source: https://datatracker.ietf.org/doc/html/rfc8216, and the authoring specification for Apple's players:
https://developer.apple.com/documentation/http-live-streaming/hls-authoring-specification-for-apple-devices
"""
