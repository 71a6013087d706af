"""Sound processing that films and speech share: the downmix to stereo, and the mastering to a loudness."""
