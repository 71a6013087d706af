"""The worker of `video-processing` jobs, and its steps."""
