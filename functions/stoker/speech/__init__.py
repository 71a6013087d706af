"""Speech: a text goes in, sound, captions and word timings come out. Text is a user's file too: it is spoken by a
confined child, or by Google."""
