"""Files of captions: WebVTT and SubRip, read leniently and written anew."""
