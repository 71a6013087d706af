"""The picture of every output: its sizes, colours, watermark and burnt-in captions."""
