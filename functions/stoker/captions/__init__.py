"""Captions files: WebVTT and SubRip are read leniently, and written anew."""
