"""Filters that take the frames that are on the screen at given times."""


def frames_on_screen(start: float, step: float, beyond: float = 0) -> tuple[str, ...]:
    """Return filters that take the frames on the screen at `start`, `start + step`, and so on.

    The last frame stays on the screen beyond the film's end.

    Args:
        start: The first time, in seconds.
        step: Seconds from one time to the next.
        beyond: How long after the end of the picture a frame may be wanted, in seconds.
    """
    # The last frame is held, so that every time up to the end has a picture. `round=up` lets `fps` take the last frame
    # before a time, not the nearest frame.
    hold = f"tpad=stop_mode=clone:stop_duration={start + step + beyond + 1:.3f}"
    return (hold, f"fps=1/{step:.6f}:start_time={start:.6f}:round=up")
