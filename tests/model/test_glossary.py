"""The glossary: every word of the field that the program uses is explained, in plain and modest words."""

import ast
import re
from pathlib import Path

import pytest

import nfb
from nfb.dsp.estimators import ESTIMATORS
from nfb.model.glossary import GLOSSARY, explain, terms_in
from nfb.model.hop import CAUSE_WORDS
from nfb.model.protocol import FeatureKind, Role, StageKind, ThresholdRule

# Words that a newcomer cannot be expected to know, as a manual of the field would list them.
FIELD = """
alpha, amplitude, artefact, asymmetry, band, baseline, beta, blink, cfir, channel, clean, condition, contact, course,
crossover, delta, derivation, drowsy, dwell, electrode, epoch, estimator, feature, feedback, filter, gap, gradient,
guard, high beta, hold, held, hop, impedance, in range, individual alpha frequency, IAF, inhibit, loop delay, delay,
mains, marker, montage, muscle, neutral, percentile, pop, power, protocol, ratio, raw, recalibration, reference,
refractory, replay, reward, run, session, settling, sham, sidecar, site, SMR, smoothing, spectrum, stage, staircase,
target, theta, threshold, token, transfer, upper alpha, valid time, wiener
"""
TERMS = [term.strip() for term in FIELD.split(",")]
# Further words of the trade: to be explained as soon as the window uses one.
TRADE = """
aliasing, alpha peak, auto, average reference, bandwidth, breach, calibration, cap, coherence, common mode, cutoff,
decimation, drift, dropout, earlobe, electrolyte, envelope, epoching, fft, gel, gradient, ground, high-pass, iir,
jitter, latency, learning, linked ears, low-pass, mastoid, median, microvolt, notch, octave, paste, phase, quantile,
rail, re-reference, sampling rate, score, spectral, spectrogram, standard deviation, synchrony, taps, topography,
variance, z-score
"""


@pytest.mark.parametrize("term", TERMS)
def test_every_term_of_the_field_is_explained(term: str) -> None:
    assert explain(term).text


def test_every_name_that_a_protocol_file_can_hold_is_explained() -> None:
    names = [kind.value for kinds in (FeatureKind, Role, StageKind, ThresholdRule) for kind in kinds]  # type: ignore[attr-defined]
    for name in [*names, *ESTIMATORS]:
        assert explain(name).text


def test_every_reason_for_a_hold_is_explained() -> None:
    for words in filter(None, CAUSE_WORDS.values()):
        assert explain(words).text


def test_every_word_of_the_trade_that_the_window_uses_is_explained() -> None:
    trade = [*TERMS, *(term.strip() for term in TRADE.split(","))]
    known = re.compile(r"(?<![\w.-])(" + "|".join(re.escape(t) for t in trade) + r")s?(?![\w.(-])", re.IGNORECASE)
    used = {found[1].lower() for text in ui_strings() for found in known.finditer(text)}
    assert {
        "threshold",
        "baseline",
        "held",
        "loop delay",
        "contact",
        "muscle",
        "run",
    } <= used  # the search finds them
    explained = {word.lower() for entry in GLOSSARY.values() for word in (entry.term, *entry.also)}
    assert used - explained == set()


def ui_strings() -> list[str]:
    """Strings of the window's modules that are no docstrings."""
    found = []
    for path in (Path(nfb.__file__).parent / "ui").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
        ]
    return found


def test_entries_are_in_order_short_and_whole_sentences() -> None:
    assert list(GLOSSARY) == sorted(GLOSSARY, key=str.lower)
    for entry in GLOSSARY.values():
        assert 20 <= len(entry.text) <= 240, entry.term
        assert entry.text[0].isupper() or entry.text.startswith("µ")
        assert entry.text.endswith((".", "?"))


def test_no_word_has_two_entries() -> None:
    words = [word.lower() for entry in GLOSSARY.values() for word in (entry.term, *entry.also)]
    assert len(words) == len(set(words))


def test_nothing_is_promised_and_nobody_is_judged() -> None:
    forbidden = (
        r"\b(treats?|cures?|therap\w*|proven|medical-grade|FDA|patients?|normal|abnormal|bad|failed|diagnos\w+)\b"
    )
    for entry in GLOSSARY.values():
        assert re.findall(forbidden, f"{entry.term} {entry.text}", re.IGNORECASE) == []


def test_words_are_found_in_any_case_in_the_plural_and_by_their_other_names() -> None:
    assert explain(" Inhibits ").term == "inhibit"
    assert explain("iaf") is explain("Individual alpha frequency")
    assert explain("artifacts").term == "artefact"
    with pytest.raises(KeyError, match="did you mean 'threshold'"):
        explain("treshold")


def test_the_longest_term_wins_and_each_is_told_once() -> None:
    said = "Reward when SMR (12–15 Hz) is above its threshold while high beta stays below; the reward needs a dwell."
    assert [entry.term for entry in terms_in(said)] == ["reward", "SMR", "threshold", "high beta", "dwell"]
    assert terms_in("A popular bandage, rerun.") == []  # pop, band and run are not words there
