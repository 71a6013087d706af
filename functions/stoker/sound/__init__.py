"""Sound, as films and speech share it: the downmix to stereo, and the mastering to a loudness."""
