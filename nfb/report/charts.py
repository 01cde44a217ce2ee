"""Charts of one session: amplitude and threshold, share in range, stages with intervals, spectra."""

import math
from itertools import pairwise

import numpy as np

from nfb.model.protocol import FeatureKind, StageKind
from nfb.model.sentence import plain_name
from nfb.model.speech import Translate, in_english
from nfb.report.facts import SessionFacts
from nfb.report.metrics import block_stats
from nfb.report.signal import SpectrumPair
from nfb.report.stats import Estimate
from nfb.report.svg import ACCENT, BANDS, BORDER, BREAK, TEXT, TEXT2, WARN, Drawing, Frame, pieces, ticks
from nfb.report.words import stage

WIDTH = 680.0
CHARACTER_PX = 6.2  # of small words, on average
_RUN_KINDS = (StageKind.RUN, StageKind.TRANSFER)


def amplitude_chart(facts: SessionFacts, tr: Translate = in_english) -> str:
    """Plot A: the trained feature and its threshold over the session, in steps of 2 s."""
    strip, measure = facts.strip, facts.blocks.measure
    name, unit = tr(plain_name(measure.name)), "" if measure.unit == "1" else f", {measure.unit}"
    last_min = max([stop for *_, stop in strip.stages], default=1.0)
    drawing = Drawing(
        WIDTH,
        220,
        tr("{feature} and threshold over the session", feature=name),
        tr(
            "Line: mean {feature} of every 2 s of clean EEG over {minutes} minutes. Dashed: threshold. Grey: breaks. "
            "Hatched: held for artefacts, {n} stretches. Gaps are left open.",
            feature=f"{name}{unit}",
            minutes=f"{last_min:.0f}",
            n=len(strip.held_min),
        ),
    )
    known = np.concatenate([strip.feature, strip.threshold])
    known = known[np.isfinite(known)]
    # A single large value should not press the rest flat.
    high = float(np.quantile(known, 0.995)) * 1.1 if len(known) else 1.0
    low = min(0.0, float(known.min()) * 1.1) if len(known) else 0.0
    frame = Frame(44, 40, WIDTH - 8, 178, (0.0, last_min), (low, max(high, low + 1e-6)))
    for a, b in strip.break_min:
        drawing.rect(frame.px(a), frame.top, frame.px(b) - frame.px(a), frame.bottom - frame.top, BREAK)
    frame.draw_y(drawing, f"{name}{unit}")
    for a, b in strip.held_min:
        drawing.hatch(frame.px(a), frame.top, max(frame.px(b) - frame.px(a), 1.5), frame.bottom - frame.top)
    _stage_labels(drawing, frame, strip.stages, tr)
    _stepped(drawing, frame, strip.time_min, strip.threshold)
    colour = _band_colour(facts)
    for piece in pieces(list(zip(strip.time_min, strip.feature, strict=True))):
        points = [frame.at(x, y) for x, y in piece]
        if len(points) == 1:
            drawing.dot(points[0], 0.8, colour)
        drawing.path(points, colour)
    for at in strip.gap_min:
        drawing.line((frame.px(at), frame.top), (frame.px(at), frame.bottom), TEXT, 1, "1 2")
    for at, _ in strip.marks:
        x = frame.px(at)
        drawing.path([(x - 4, frame.top - 4), (x, frame.top + 3), (x + 4, frame.top - 4)], WARN, 1.5)
    frame.draw_x(drawing, [(tick, f"{tick:g}") for tick in ticks(0, last_min, 8)])
    _legend(
        drawing,
        frame,
        [
            ("line", name, colour, ""),
            ("line", tr("threshold"), TEXT, "6 3"),
            ("hatch", tr("held (artefact)"), "", ""),
            ("box", tr("break"), "", ""),
        ],
    )
    drawing.text((frame.right, frame.bottom + 34), tr("minutes"), anchor="end")
    return drawing.markup()


def share_chart(
    facts: SessionFacts, expected: float = math.nan, width: float = WIDTH / 2 - 8, tr: Translate = in_english
) -> str:
    """Plot B: share of valid time in range, a bar per run with its 95 % interval; `expected` as a dashed line."""
    rows = [row for row in facts.runs if row.kind is StageKind.RUN]
    said = ", ".join(f"{stage(row.label, tr)} {100 * row.in_range.value:.0f} %" for row in rows)
    shares = tr("Share of valid time in range: {shares}.", shares=said or tr("no run"))
    drawing = Drawing(width, 180, tr("Time in range per run"), shares)
    axis, words = tr("in range, % of valid time"), tr("in the baseline {share}", share=f"{100 * expected:.0f} %")
    is_crowded = CHARACTER_PX * (len(axis) + len(words)) + 46 > drawing.width  # then in two lines
    first_px = 40 if is_crowded and math.isfinite(expected) else 24
    frame = Frame(44, first_px, drawing.width - 6, 146, (0.0, max(1.0, len(rows))), (0.0, 100.0))
    frame.draw_y(drawing, axis)
    step = (frame.right - frame.left) / max(1, len(rows))
    for i, row in enumerate(rows):
        middle = frame.px(i + 0.5)
        if math.isfinite(row.in_range.value):
            top = frame.py(100 * row.in_range.value)
            bar = min(28.0, step * 0.6)
            drawing.rect(middle - bar / 2, top, bar, frame.bottom - top, "#C9D5E8", ACCENT)
            _whisker(drawing, frame, middle, row.in_range.scaled(100))
        drawing.text((middle, frame.bottom + 15), row.label.removeprefix("run-"), anchor="middle")
    if math.isfinite(expected):
        y = frame.py(100 * expected)
        drawing.line((frame.left, y), (frame.right, y), TEXT, 1, "4 3")
        drawing.text((frame.right, frame.top - 12), words, anchor="end", colour=TEXT)
        x = frame.right - CHARACTER_PX * len(words) - 6
        drawing.line((x - 22, frame.top - 16), (x, frame.top - 16), TEXT, 1, "4 3")
    drawing.line((frame.left, frame.bottom), (frame.right, frame.bottom), BORDER)
    drawing.text((frame.right, frame.bottom + 30), tr("run"), anchor="end")
    return drawing.markup()


def blocks_chart(facts: SessionFacts) -> str:
    """Means of baseline, runs and what follows, with 95 % intervals, on the scale that slopes are computed on."""
    measure = facts.blocks.measure
    wanted = (StageKind.BASELINE, *_RUN_KINDS)
    stats = [(b, block_stats(b, measure.bandwidth_hz)) for b in facts.blocks.blocks if b.kind in wanted]
    back = np.exp if measure.takes_log else np.asarray
    unit = "" if measure.unit == "1" else f", {measure.unit}"
    what = "geometric mean" if measure.takes_log else "mean"
    drawing = Drawing(
        WIDTH,
        180,
        f"{plain_name(measure.name)} by stage",
        f"Dots: {what} of each stage's clean time with its 95 % interval. Open dots: rest without feedback.",
    )
    ends = [float(back(v)) for _, s in stats for v in (s.mean.value, s.mean.low, s.mean.high) if math.isfinite(v)]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    pad = 0.1 * (high - low) or 0.1
    frame = Frame(52, 26, WIDTH - 8, 150, (0.0, max(1.0, len(stats))), (low - pad, high + pad))
    frame.draw_y(drawing, f"{plain_name(measure.name)}{unit}, {what}")
    for i, (block, each) in enumerate(stats):
        x = frame.px(i + 0.5)
        if math.isfinite(each.mean.value):
            value, bottom, top = (float(back(v)) for v in (each.mean.value, each.mean.low, each.mean.high))
            _whisker(drawing, frame, x, Estimate(value, bottom, top, each.mean.n))
            drawing.dot((x, frame.py(value)), 3.5, ACCENT, filled=block.kind in _RUN_KINDS)
        drawing.text((x, frame.bottom + 15), block.label.replace("-", " "), anchor="middle")
    drawing.line((frame.left, frame.bottom), (frame.right, frame.bottom), BORDER)
    return drawing.markup()


def spectrum_chart(facts: SessionFacts, pair: SpectrumPair, tr: Translate = in_english) -> str:
    """Plot C: spectrum of the baseline (dashed) and of the end (solid), 2–40 Hz, on a logarithmic scale."""
    inside = (pair.frequencies_hz >= 2) & (pair.frequencies_hz <= 40)
    hz = pair.frequencies_hz[inside]
    before, after = np.log10(pair.before[inside]), np.log10(pair.after[inside])
    before_label, after_label = stage(pair.before_label, tr), stage(pair.after_label, tr)
    drawing = Drawing(
        WIDTH / 2 - 8,
        180,
        tr("Spectrum at the beginning and at the end"),
        tr(
            "Dashed: {before}, {n_before} windows. Solid: {after}, {n_after} windows. 2 to 40 hertz, logarithmic. "
            "Snapshot, read with care.",
            before=before_label,
            n_before=pair.n_before,
            after=after_label,
            n_after=pair.n_after,
        ),
    )
    both = np.concatenate([before, after])
    low, high = math.floor(float(both.min()) * 2) / 2, math.ceil(float(both.max()) * 2) / 2
    frame = Frame(44, 40, drawing.width - 6, 146, (2.0, float(hz[-1])), (low, max(high, low + 0.5)))
    for a, b in _band_edges(facts):
        a, b = max(a, 2.0), min(b, 40.0)
        drawing.rect(frame.px(a), frame.top, frame.px(b) - frame.px(a), frame.bottom - frame.top, BREAK)
    for power in range(math.ceil(low), math.floor(frame.y[1]) + 1):
        y = frame.py(power)
        drawing.line((frame.left, y), (frame.right, y))
        drawing.text((frame.left - 5, y + 4), f"{10.0**power:g}", anchor="end")
    drawing.text((4, 12), tr("power density, µV²/Hz"))
    drawing.path([frame.at(x, y) for x, y in zip(hz, before, strict=True)], TEXT2, 1.5, "5 3")
    drawing.path([frame.at(x, y) for x, y in zip(hz, after, strict=True)], ACCENT, 1.5)
    frame.draw_x(drawing, [(tick, f"{tick:g}") for tick in (2, 10, 20, 30, 40) if tick <= hz[-1] + 0.5])
    drawing.text((frame.right, frame.bottom + 30), "Hz", anchor="end")
    labels = (f"{before_label}, n = {pair.n_before}", f"{after_label}, n = {pair.n_after}")
    step = max(150.0, 35 + CHARACTER_PX * len(labels[0]))
    needed = step + 27 + CHARACTER_PX * len(labels[1])
    x = max(4.0, min(frame.left, drawing.width - needed))
    for words, colour, dash in zip(labels, (TEXT2, ACCENT), ("5 3", ""), strict=True):
        drawing.line((x, 25), (x + 22, 25), colour, 1.5, dash)
        drawing.text((x + 27, 29), words)
        x += step
    return drawing.markup()


def _whisker(drawing: Drawing, frame: Frame, x: float, estimate: Estimate) -> None:
    if estimate.has_interval:
        top, bottom = frame.at(frame.x[0], estimate.high)[1], frame.at(frame.x[0], estimate.low)[1]
        drawing.line((x, top), (x, bottom), TEXT, 1.25)
        for y in (top, bottom):
            drawing.line((x - 4, y), (x + 4, y), TEXT, 1.25)


def _stage_labels(
    drawing: Drawing, frame: Frame, stages: tuple[tuple[str, StageKind, float, float], ...], tr: Translate
) -> None:
    for label, kind, a, b in stages:
        if kind is StageKind.REST:
            continue
        words = stage(label, tr)
        room = frame.px(b) - frame.px(a)
        if len(words) * CHARACTER_PX > room:
            words = label.rpartition("-")[2] if kind is StageKind.RUN else words[:1].upper()
        drawing.text((frame.px((a + b) / 2), 36), words, anchor="middle")


def _stepped(drawing: Drawing, frame: Frame, minute: np.ndarray, threshold: np.ndarray) -> None:
    """The threshold as a staircase."""
    for piece in pieces(list(zip(minute, threshold, strict=True))):
        points = [frame.at(*piece[0])]
        for (_, before), (x, y) in pairwise(piece):
            if y != before:
                points += [frame.at(x, before), frame.at(x, y)]
        drawing.path([*points, frame.at(*piece[-1])], TEXT, 1.25, "6 3")


def _legend(drawing: Drawing, frame: Frame, entries: list[tuple[str, str, str, str]]) -> None:
    x, y = frame.left, frame.bottom + 34
    for kind, words, colour, dash in entries:
        if kind == "line":
            drawing.line((x, y - 4), (x + 22, y - 4), colour, 1.5, dash)
        elif kind == "hatch":
            drawing.hatch(x, y - 9, 22, 10)
        else:
            drawing.rect(x, y - 9, 22, 10, BREAK)
        drawing.text((x + 27, y), words)
        x += 27 + CHARACTER_PX * len(words) + 22


def _band_edges(facts: SessionFacts) -> list[tuple[float, float]]:
    feature = next(f for f in facts.setup.features if f.name == facts.blocks.measure.name)
    parts = [feature]
    if feature.kind is FeatureKind.RATIO:
        parts = [f for f in facts.setup.features if f.name in (feature.numerator, feature.denominator)]
    return [part.band.at(facts.setup.iaf_hz) for part in parts if part.band is not None]


def _band_colour(facts: SessionFacts) -> str:
    low, high = _band_edges(facts)[0]
    for colour, above in zip(BANDS, (4.0, 8.0, 12.0, 15.0, 21.0), strict=False):
        if (low + high) / 2 < above:
            return colour
    return BANDS[-1]
