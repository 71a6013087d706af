"""Files of tasks: NDJSON, a JSON list, or CSV. `readers.reader_of` chooses the reader."""
