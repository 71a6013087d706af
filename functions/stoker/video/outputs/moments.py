"""Filters that take frames at given times: each is the frame that is on the screen at its time."""


def on_screen(start: float, step: float, beyond: float = 0) -> tuple[str, ...]:
    """The frames on the screen at `start`, `start + step`, and so on. The last frame stays beyond the film's end.

    Args:
        start: The first time, in seconds.
        step: Seconds from one time to the next.
        beyond: How long after the end of the picture a frame may be wanted, in seconds.
    """
    # The last frame stands still beyond its time, so that any time up to the end has a picture. `fps` rounds up, so
    # that it gives the frame before a time, and not the frame that is nearest.
    hold = f"tpad=stop_mode=clone:stop_duration={start + step + beyond + 1:.3f}"
    return (hold, f"fps=1/{step:.6f}:start_time={start:.6f}:round=up")
