"""The speech engines: Google Cloud Text-to-Speech, and eSpeak NG."""
