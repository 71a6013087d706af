"""The runs of ffmpeg: planned, drawn as a graph, and encoded."""
