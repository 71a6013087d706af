"""The runs of ffmpeg: their plan, their filter graphs, their encoders, and the upload of their files."""
