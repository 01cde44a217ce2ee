"""The loop delay in a report: what was declared, what was measured, and what could not be."""

from collections.abc import Mapping


def budget_words(delays_ms: Mapping[str, float]) -> str:
    """``electrode to computer 40 ms (as declared) + burst 21 ms + hop 8 ms + filters 150 ms = 219 ms``.

    Empty for recordings that noted no budget.

    >>> budget_words({"burst_ms": 8.0, "hop_ms": 8.0, "algorithm_ms": 150.0, "transport_ms": 0.0, "fixed_ms": 166.0})
    'electrode to computer not known + burst 8 ms + hop 8 ms + filters 150 ms = 166 ms'
    """
    parts = [delays_ms.get(name) for name in ("transport_ms", "burst_ms", "hop_ms", "algorithm_ms", "fixed_ms")]
    if None in parts:
        return ""
    transport, burst, hop, algorithm, total = (part or 0.0 for part in parts)
    link = f"{transport:.0f} ms (as declared)" if transport else "not known"
    return (
        f"electrode to computer {link} + burst {burst:.0f} ms + hop {hop:.0f} ms + filters {algorithm:.0f} ms "
        f"= {total:.0f} ms"
    )


def measured_words(delays_ms: Mapping[str, float]) -> str:
    """Medians and 95th percentiles of what was measured, and of the whole loop; empty where nothing was.

    >>> measured_words({"decision_ms_median": 0.5, "decision_ms_p95": 1.2, "loop_ms_median": 170, "loop_ms_p95": 182})
    'decision 0.5 ms (95th percentile 1.2 ms) after arrival; whole loop 170 ms (95th percentile 182 ms)'
    """
    said = []
    for name, words, digits in (
        ("decision", "decision {} after arrival", 1),
        ("presentation", "on the screen {} after the decision", 0),
        ("audio", "in the sound {} after the decision", 0),
        ("loop", "whole loop {}", 0),
    ):
        median, p95 = delays_ms.get(f"{name}_ms_median"), delays_ms.get(f"{name}_ms_p95")
        if median is not None and p95 is not None:
            said.append(words.format(f"{median:.{digits}f} ms (95th percentile {p95:.{digits}f} ms)"))
    return "; ".join(said)
