"""Speech: a text becomes sound, captions and word timings.

Like a user's file, a text may be hostile. So a confined child process speaks it, or Google does.
"""
