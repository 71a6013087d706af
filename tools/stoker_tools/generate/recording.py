"""An animated picture of a recorded command: a terminal whose lines appear at their times, with one bar of progress."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LINE, LETTER, MARGIN, TOP = 860, 20, 8.4, 20, 56
"""Pixels: of the picture, of a line, of a letter, beside the text, and above it."""

BAR_LEFT, BAR_WIDTH = MARGIN + 16 * LETTER, 420

LEAD_SECONDS = 1.0
"""The picture shows the first line for this time. The start of the emulators is left out."""

HOLD_SECONDS = 5.0
"""The time for which the end stays, before the picture begins again."""

PROGRESS = re.compile(r" *(?P<percent>[\d.]+) %  (?P<stage>\S+)")

STYLE = "text{font:14px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#d6deeb;white-space:pre}"


@dataclass(frozen=True)
class Line:
    """A line of a recording.

    Attributes:
        seconds: Its time from the start of the picture.
        text: The line.
    """

    seconds: float
    text: str


def animation(recording: str, command: str = "scripts/demo") -> str:
    """Return an SVG picture.

    Without animations, for example in print, the picture shows the end.

    Args:
        recording: Lines, each with its time in seconds, a space, and the text that the command printed.
        command: The command, for the first line.
    """
    lines = _lines(recording)
    total = lines[-1].seconds + HOLD_SECONDS
    reports = [line for line in lines if PROGRESS.fullmatch(line.text)]
    shown, bar_drawn = [_text(0, f"$ {command}", 0, total)], False
    for line in lines:
        row = len(shown)
        if line not in reports:
            shown.append(_text(row, line.text, line.seconds, total))
        elif not bar_drawn:
            shown.append(_bar(row, reports, total))
            bar_drawn = True
    height = TOP + len(shown) * LINE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}">',
            f"<title>{html.escape(command)}: a job from queued to completed</title>",
            f"<style>{STYLE}</style>",
            f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#0b1622"/>',
            *(f'<circle cx="{22 + 20 * i}" cy="20" r="6" fill="{c}"/>' for i, c in enumerate(DOTS)),
            *shown,
            "</svg>",
            "",
        ]
    )


def example(recording: str, command: str = "scripts/demo") -> str:
    """Return a recording as a block of code in Markdown, with few of its reports of progress.

    Args:
        recording: As for `animation`.
        command: The command, for the first line.
    """
    lines = [line.text for line in _lines(recording)]
    reports = [number for number, text in enumerate(lines) if PROGRESS.fullmatch(text)]
    left_out = set(reports) - {reports[0], reports[len(reports) // 2], reports[-1]}
    shown = [text for number, text in enumerate(lines) if number not in left_out]
    return "\n".join(["```console", f"$ {command}", *shown, "```"])


DOTS = ("#ff5f57", "#febc2e", "#28c840")


def _lines(recording: str) -> list[Line]:
    """Read a recording, without the lines that ask for patience while the emulators start, such as `... 10 s`.

    The time from the first line to the second becomes `LEAD_SECONDS`.
    """
    found = re.findall(r"^ *([\d.]+) (?!\.\.\. )(.*)$", recording, re.MULTILINE)
    timed = [(float(time), text) for time, text in found]
    skipped = timed[1][0] - LEAD_SECONDS
    return [Line(max(0.0, time - skipped), text) for time, text in timed]


def _text(row: int, text: str, seconds: float, total: float) -> str:
    appears = _steps("opacity", [(0, 0), (seconds, 1)], total) if seconds else ""
    return (
        f'<text x="{MARGIN}" y="{TOP + row * LINE}" textLength="{len(text) * LETTER:.0f}" '
        f'lengthAdjust="spacingAndGlyphs">{html.escape(text)}{appears}</text>'
    )


def _bar(row: int, reports: Sequence[Line], total: float) -> str:
    """Return a line with the stage, a bar and the percentage, which change at the time of each report."""
    y = TOP + row * LINE
    found = [(line.seconds, match) for line in reports if (match := PROGRESS.fullmatch(line.text))]
    widths = [(seconds, BAR_WIDTH * float(match["percent"]) / 100) for seconds, match in found]
    parts = [
        f'<rect x="{BAR_LEFT:.0f}" y="{y - 12}" width="{BAR_WIDTH}" height="12" rx="3" fill="#22384d">'
        f"{_steps('opacity', [(0, 0), (found[0][0], 1)], total)}</rect>",
        f'<rect x="{BAR_LEFT:.0f}" y="{y - 12}" width="{BAR_WIDTH}" height="12" rx="3" fill="#3fb68b">'
        f"{_steps('width', [(0, 0), *widths], total, glide=True)}</rect>",
    ]
    for index, (seconds, match) in enumerate(found):
        is_last = index == len(found) - 1
        until = [] if is_last else [(found[index + 1][0], 0)]
        steps = _steps("opacity", [(0, 0), (seconds, 1), *until], total)
        label = f"{match['stage']:<14}"
        percent = f"{match['percent']:>5} %"
        parts.append(
            f'<g opacity="{int(is_last)}">{steps}<text x="{MARGIN}" y="{y}">{label}</text>'
            f'<text x="{BAR_LEFT + BAR_WIDTH + 14:.0f}" y="{y}">{percent}</text></g>'
        )
    return "\n".join(parts)


def _steps(attribute: str, steps: Sequence[tuple[float, float]], total: float, *, glide: bool = False) -> str:
    """Return an animation of an attribute, which has each value from its time on.

    Args:
        attribute: The attribute's name.
        steps: Times in seconds, of which the first is 0, with the values.
        total: The duration of the whole animation, in seconds.
        glide: Whether the value changes evenly from one time to the next.
    """
    times = [seconds / total for seconds, _ in steps]
    values = [f"{value:.4g}" for _, value in steps]
    if glide:
        times, values = [*times, 1.0], [*values, values[-1]]
    mode = "linear" if glide else "discrete"
    return (
        f'<animate attributeName="{attribute}" dur="{total:.2f}s" repeatCount="indefinite" calcMode="{mode}" '
        f'keyTimes="{";".join(f"{time:.4f}" for time in times)}" values="{";".join(values)}"/>'
    )
