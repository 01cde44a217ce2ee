"""SVG markup by hand: a drawing with a title, and a frame that maps values to it.

Only shapes, lines and text, no pattern, clip or style sheet, so that a browser and Qt's SVG Tiny renderer draw alike.
Colours are those of the window's light theme; every line that matters also has a dash pattern, for grey paper.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

TEXT, TEXT2, HAIRLINE, BORDER = "#17212B", "#4A5968", "#B7C2CC", "#7A8896"
ACCENT, WARN, BREAK = "#1B4390", "#B57A00", "#E3E8ED"
BANDS = ("#333C4B", "#A27BAC", "#2A8DE6", "#4F7D5F", "#C07C00", "#8E0F0F")
SMALL_PX, BODY_PX = 11.0, 12.0
FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"

Point = tuple[float, float]


class Drawing:
    """An SVG image of `width` by `height` px; `title` and `desc` are read out by screen readers."""

    def __init__(self, width: float, height: float, title: str, desc: str) -> None:
        self.width, self.height = width, height
        self._head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}" '
            f'font-family="{escape(FONT)}"><title>{escape(title)}</title><desc>{escape(desc)}</desc>'
        )
        self._parts: list[str] = []

    def line(self, a: Point, b: Point, colour: str = HAIRLINE, width: float = 1.0, dash: str = "") -> None:
        self.path([a, b], colour, width, dash)

    def path(self, points: Sequence[Point], colour: str, width: float = 1.25, dash: str = "") -> None:
        """A polyline. `dash` is an SVG dash pattern, such as ``6 3``."""
        if len(points) < 2:
            return
        steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<polyline points="{steps}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes}/>'
        )

    def rect(self, x: float, y: float, w: float, h: float, fill: str, stroke: str = "none") -> None:
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0):.1f}" height="{max(h, 0):.1f}" '
            f'fill="{fill}" stroke="{stroke}"/>'
        )

    def dot(self, at: Point, radius: float, colour: str, *, filled: bool = True) -> None:
        fill = colour if filled else "#FFFFFF"
        self._parts.append(
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:g}" fill="{fill}" stroke="{colour}" '
            'stroke-width="1.25"/>'
        )

    def text(
        self,
        at: Point,
        words: str,
        *,
        anchor: str = "start",
        size: float = SMALL_PX,
        colour: str = TEXT2,
        bold: bool = False,
    ) -> None:
        """Words with their baseline at `at`."""
        weight = ' font-weight="600"' if bold else ""
        self._parts.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{anchor}" font-size="{size:g}" '
            f'fill="{colour}"{weight}>{escape(words)}</text>'
        )

    def hatch(self, x: float, y: float, w: float, h: float, step: float = 5.0) -> None:
        """A rectangle of lines at 45°, cut at its edges."""
        marks = []
        offset = math.ceil(-h / step) * step
        while offset < w:
            # The line from (offset, h) at the bottom to (offset + h, 0) at the top.
            left, right = max(offset, 0.0), min(offset + h, w)
            if right - left > 0.2:
                marks.append(
                    f"M{x + left:.1f} {y + h - (left - offset):.1f}L{x + right:.1f} {y + h - (right - offset):.1f}"
                )
            offset += step
        if marks:
            self._parts.append(f'<path d="{"".join(marks)}" stroke="{BORDER}" stroke-width="0.8" fill="none"/>')

    def markup(self) -> str:
        return self._head + "".join(self._parts) + "</svg>"


@dataclass(frozen=True, slots=True)
class Frame:
    """A plotting area: pixels `left`..`right` and `top`..`bottom` for `x` and `y` ranges."""

    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def px(self, value: float) -> float:
        low, high = self.x
        return self.left + (value - low) / (high - low) * (self.right - self.left)

    def py(self, value: float) -> float:
        low, high = self.y
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)

    def at(self, x: float, y: float) -> Point:
        """The point of a value; values beyond the frame are drawn on its edge."""
        return self.px(min(max(x, self.x[0]), self.x[1])), self.py(min(max(y, self.y[0]), self.y[1]))

    def draw_y(self, drawing: Drawing, label: str, n_ticks: int = 4, suffix: str = "") -> None:
        """Grid lines with numbers, and the axis' name above them."""
        for tick in ticks(*self.y, n_ticks):
            y = self.py(tick)
            drawing.line((self.left, y), (self.right, y))
            drawing.text((self.left - 5, y + 4), f"{tick:g}{suffix}", anchor="end")
        drawing.text((4, 12), label)

    def draw_x(self, drawing: Drawing, marks: Iterable[tuple[float, str]], label: str = "") -> None:
        """The lower edge with its marks; the last one carries the axis' name."""
        drawing.line((self.left, self.bottom), (self.right, self.bottom), BORDER)
        for value, words in marks:
            x = self.px(value)
            drawing.line((x, self.bottom), (x, self.bottom + 4), BORDER)
            drawing.text((x, self.bottom + 15), words, anchor="middle")
        if label:
            drawing.text((self.right, self.bottom + 28), label, anchor="end")


def ticks(low: float, high: float, n: int = 4) -> list[float]:
    """About `n` round numbers from `low` to `high`.

    >>> ticks(0.0, 7.3)
    [0.0, 2.0, 4.0, 6.0]
    """
    if not high > low:
        return [low]
    raw = (high - low) / n
    power = 10.0 ** math.floor(math.log10(raw))
    step = power * min((m for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.8), default=10)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 10) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def pieces(points: Sequence[tuple[float, float]]) -> list[list[Point]]:
    """Runs of known values; what is missing is never bridged.

    >>> pieces([(0, 1.0), (1, float("nan")), (2, 3.0)])
    [[(0, 1.0)], [(2, 3.0)]]
    """
    found: list[list[Point]] = [[]]
    for x, y in points:
        if math.isfinite(y):
            found[-1].append((x, y))
        elif found[-1]:
            found.append([])
    return [piece for piece in found if piece]
