"""The tasks in a file: NDJSON, a JSON list, or CSV. `formats.reader_of` chooses the reader."""
