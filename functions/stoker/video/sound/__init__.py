"""The level and the measured loudness of the sound of all outputs."""
