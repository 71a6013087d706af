"""The picture of the outputs: its sizes, colours, watermark and burnt-in captions."""
