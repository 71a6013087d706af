"""Measured times of work, in seconds. Each entry names its measurement."""

VIDEO = 8.3 / 20 * 60
"""A minute of film of 1280 x 720 to an MP4 of 720 lines and a poster. Measured by `scripts/demo` on 2 processors
(`docs/images/demo.txt`): 8.3 s for 20 s, with the start of the worker, the download and the uploads."""

SPEECH = 8.73 / 10
"""1,000 characters of speech as MP3 with captions. Measured by `scripts/bench speech_time` with eSpeak NG."""

BATCH = 0.8
"""1,000 tasks that `update-tasks` changes: the median of three batches on the emulators, rounded up."""

EXPORT = 3.8
"""An export of 1,000 documents: the median of three exports on the emulators, rounded up."""

CALL = 0.1
"""A call or an event that a running process answers: less than 0.1 s each in `scripts/bench cold_start`. Cloud Run
rounds each up to 0.1 s."""

SWEEP = 0.3
"""A sweep that finds no job. Measured by `scripts/bench cold_start`, and rounded up to 0.1 s."""

RECONCILE = 10.0
"""A daily reconcile of an app without users, with its cold start. It is an upper bound, and was not measured."""

LOOK = 1.0
"""The last of the roll-up's looks in a minute. It is an upper bound, and was not measured."""
