"""The loop delay in a report: what was declared, what was measured, and what could not be."""

from collections.abc import Mapping

from nfb.model.speech import Translate, in_english


def budget_words(delays_ms: Mapping[str, float], tr: Translate = in_english) -> str:
    """``electrode to computer 40 ms (as declared) + burst 21 ms + hop 8 ms + filters 150 ms = 219 ms``.

    Empty for recordings that noted no budget.

    >>> budget_words({"burst_ms": 8.0, "hop_ms": 8.0, "algorithm_ms": 150.0, "transport_ms": 0.0, "fixed_ms": 166.0})
    'electrode to computer not known + burst 8 ms + hop 8 ms + filters 150 ms = 166 ms'
    """
    parts = [delays_ms.get(name) for name in ("transport_ms", "burst_ms", "hop_ms", "algorithm_ms", "fixed_ms")]
    if None in parts:
        return ""
    transport, burst, hop, algorithm, total = (part or 0.0 for part in parts)
    link = tr("{ms} ms (as declared)", ms=f"{transport:.0f}") if transport else tr("not known")
    return tr(
        "electrode to computer {link} + burst {burst} ms + hop {hop} ms + filters {filters} ms = {total} ms",
        link=link,
        burst=f"{burst:.0f}",
        hop=f"{hop:.0f}",
        filters=f"{algorithm:.0f}",
        total=f"{total:.0f}",
    )


def measured_words(delays_ms: Mapping[str, float], tr: Translate = in_english) -> str:
    """Medians and 95th percentiles of what was measured, and of the whole loop; empty where nothing was.

    >>> measured_words({"decision_ms_median": 0.5, "decision_ms_p95": 1.2, "loop_ms_median": 170, "loop_ms_p95": 182})
    'decision 0.5 ms (95th percentile 1.2 ms) after arrival; whole loop 170 ms (95th percentile 182 ms)'
    """
    said = []
    for name, words, digits in (
        ("decision", tr("decision {time} after arrival"), 1),
        ("presentation", tr("on the screen {time} after the decision"), 0),
        ("audio", tr("in the sound {time} after the decision"), 0),
        ("loop", tr("whole loop {time}"), 0),
    ):
        median, p95 = delays_ms.get(f"{name}_ms_median"), delays_ms.get(f"{name}_ms_p95")
        if median is not None and p95 is not None:
            figures = {"median": f"{median:.{digits}f}", "p95": f"{p95:.{digits}f}"}
            said.append(words.format(time=tr("{median} ms (95th percentile {p95} ms)", **figures)))
    return "; ".join(said)
