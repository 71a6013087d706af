"""HTTP Live Streaming: segments of fragmented MP4, and the playlists that name them.

Source: https://datatracker.ietf.org/doc/html/rfc8216, and what Apple's players ask for beyond that:
https://developer.apple.com/documentation/http-live-streaming/hls-authoring-specification-for-apple-devices
"""
