"""The 24 answers of the CRED-nf checklist (Ros et al. 2020, 10.1093/brain/awaa009), from a recording and from people.

What the recording knows is filled in; what only people know is read from a file; the rest is "not answered".
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nfb.model.errors import SetupError, nearest
from nfb.model.protocol import Condition, Guards, Role, ThresholdRule
from nfb.model.sentence import plain_name
from nfb.model.speech import in_english, tr_count
from nfb.report.delay import budget_words, measured_words
from nfb.report.facts import SessionFacts
from nfb.report.metrics import against_baseline, reward_rate, session_mean, within_session
from nfb.report.words import change, held_by_cause, minutes, n_runs, number, share, share_estimate

CHECKLIST = "CRED-nf best practices checklist 2020, Ros et al., Brain 143:1674, 10.1093/brain/awaa009"
NOT_ANSWERED, NOT_APPLICABLE = "not answered", "not applicable"


@dataclass(frozen=True, slots=True)
class Item:
    """One question, in our words; `may_not_apply` as in the authors' own tool."""

    id: str
    domain: str
    question: str
    may_not_apply: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`automatic` comes from the recording, `asked` from a person; `status` says which of them are there."""

    item: Item
    automatic: str = ""
    asked: str = ""

    @property
    def status(self) -> str:
        if self.asked == NOT_APPLICABLE:
            return NOT_APPLICABLE
        if self.automatic and self.asked:
            return "automatic and asked"
        return "automatic" if self.automatic else "asked" if self.asked else NOT_ANSWERED

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.automatic, self.asked) if part) or NOT_ANSWERED


_DESIGN, _CONTROL, _MEASURES = "Pre-experiment", "Control groups", "Control measures"
_FEEDBACK, _BRAIN, _BEHAVIOUR, _DATA = "Feedback specifications", "Brain outcome", "Behaviour outcome", "Data storage"
ITEMS: tuple[Item, ...] = (
    Item("1a", _DESIGN, "Were protocol and planned analyses preregistered, and where?"),
    Item("1b", _DESIGN, "How was the sample size planned or justified?"),
    Item("2a", _CONTROL, "Which control groups or conditions were there?"),
    Item("2b", _CONTROL, "Was a double-blind design used where one is appropriate?", True),
    Item("2c-r", _CONTROL, "Were those who rated outcomes blind to the group?", True),
    Item("2c-s", _CONTROL, "Were those who analysed the data blind to the group?", True),
    Item("2d", _CONTROL, "Was it examined whether participants and experimenters stayed blind?", True),
    Item("2e", _CONTROL, "In studies of clinical efficacy: was there a standard-of-care group as a benchmark?", True),
    Item("3a", _MEASURES, "Which data on psychosocial factors (motivation, expectancy, effort) were collected?"),
    Item("3b", _MEASURES, "Were participants given a strategy, and which?"),
    Item("3c", _MEASURES, "Which strategies did participants use?"),
    Item("3d", _MEASURES, "How were the data processed online, and artefacts dealt with?"),
    Item("3e", _MEASURES, "How did artefacts differ between conditions and groups?"),
    Item("4a", _FEEDBACK, "How was the feature computed online?"),
    Item("4b", _FEEDBACK, "What was the reinforcement schedule, and why?"),
    Item("4c", _FEEDBACK, "In what form was feedback given, and what did it show?"),
    Item("4d", _FEEDBACK, "Which brain variables were fed back, as they were presented?"),
    Item("4e", _FEEDBACK, "Which hardware and software were used?"),
    Item("5a", _BRAIN, "How well was the feedback signal regulated?"),
    Item("5b", _BRAIN, "Plots within sessions, between sessions, and at rest before and after"),
    Item("5c", _BRAIN, "Were active and control groups compared statistically?", True),
    Item(
        "6a", _BEHAVIOUR, "Was a clinically or behaviourally relevant change defined in advance, and reached?", True
    ),
    Item("6b", _BEHAVIOUR, "Was success of regulation related to behaviour?", True),
    Item("7a", _DATA, "Are materials, code and data open, and where?"),
)
_AUTO = " (the score then says nothing about learning)"
_RULES = {
    ThresholdRule.FIXED: "fixed at a value set beforehand",
    ThresholdRule.BASELINE_PERCENTILE: "a percentile of the clean baseline, then frozen",
    ThresholdRule.BASELINE_Z: "standard deviations from the clean baseline's mean, then frozen",
    ThresholdRule.ROLLING_PERCENTILE: f"automatic: a percentile of the last clean seconds{_AUTO}",
    ThresholdRule.STAIRCASE: f"automatic: a staircase towards a target share{_AUTO}",
}


def answers(facts: SessionFacts, asked: Mapping[str, str] | None = None) -> tuple[Answer, ...]:
    """All 24 answers in the checklist's order.

    Parameters
    ----------
    asked
        Item → answer, as from :func:`read_answers`. They are added to what the recording knows.

    Raises
    ------
    SetupError
        An item is unknown, or "not applicable" is given where the checklist does not allow it.
    """
    given = dict(asked or {})
    known = {item.id: item for item in ITEMS}
    for key, text in given.items():
        if key not in known:
            raise SetupError(
                f"answers: {key}: is no item of CRED-nf{nearest(key.lower(), known)}; there are {', '.join(known)}"
            )
        if text.strip().lower() == NOT_APPLICABLE:
            given[key] = NOT_APPLICABLE
            if not known[key].may_not_apply:
                allowed = ", ".join(item.id for item in ITEMS if item.may_not_apply)
                raise SetupError(f"answers: {key} = {text!r}: the checklist allows that only for {allowed}")
    automatic = _automatic(facts)
    found = []
    for item in ITEMS:
        text = given.get(item.id, "").strip()
        found.append(Answer(item, "" if text == NOT_APPLICABLE else automatic.get(item.id, ""), text))
    return tuple(found)


def read_answers(path: Path) -> dict[str, str]:
    """Answers from a JSON or TOML file: item → text.

    Raises
    ------
    SetupError
        The file cannot be read, or holds something else than texts.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        raise SetupError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SetupError(f"{path}: is neither valid JSON nor (if named .toml) TOML: {error}") from error
    if not isinstance(content, dict):
        raise SetupError(f'{path}: must hold items and answers, such as {{"1a": "not preregistered"}}')
    for key, value in content.items():
        if not isinstance(value, str):
            raise SetupError(f"{path}: {key} = {value!r}: must be a text in quotes")
    return content


def to_record(facts: SessionFacts, found: tuple[Answer, ...]) -> dict[str, object]:
    """Content of cred-nf.json."""
    protocol = facts.setup.protocol
    return {
        "checklist": CHECKLIST,
        "client": facts.client,
        "session": facts.session,
        "protocol": {"id": protocol.id, "version": protocol.version, "sha256": facts.protocol_sha256},
        "answers": [
            {
                "item": answer.item.id,
                "question": answer.item.question,
                "status": answer.status,
                "answer": answer.text,
            }
            for answer in found
        ],
    }


def _automatic(facts: SessionFacts) -> dict[str, str]:
    setup, blocks = facts.setup, facts.blocks
    protocol, measure = setup.protocol, facts.blocks.measure
    trend, versus, rate = within_session(blocks), against_baseline(blocks), reward_rate(blocks)
    instruction = protocol.feedback.instruction.strip()
    held = held_by_cause(facts.held_s_by_cause) or "none"
    return {
        "3b": f"Instruction shown to the client, verbatim: “{instruction}”" if instruction else "",
        "3d": _processing(facts),
        "3e": f"One client, no group. Held {share(facts.held_share)} of measured time; by cause: {held}.",
        "4a": _feature_words(facts),
        "4b": _schedule(facts),
        "4c": f"{protocol.feedback.mode} on the screen, 0..1 between the 10th and 90th percentile of the baseline"
        f"{', and a chime at each reward' if protocol.feedback.chime else ', no sound'}.",
        "4d": "The feedback value (0..1) of every hop is stored in feedback.tsv.gz beside features, thresholds, "
        "artefacts and rewards, as it was presented.",
        "4e": _equipment(facts),
        "5a": f"{plain_name(measure.name)} ({n_runs(len(blocks.runs))}): against the baseline "
        f"{change(versus.difference, measure.in_percent, 'chunks of 5 s')}, Hedges' g "
        f"{number(versus.hedges_g.value, '1')}; per run {change(trend.slope, measure.in_percent)} "
        f"({trend.trend.value}); mean over runs rests on n = {session_mean(blocks).n} chunks. "
        + (
            f"In range {share_estimate(rate.share)} of {minutes(rate.valid_s)} valid time"
            f"{' (automatic thresholds: says nothing about learning)' if measure.auto else ''}."
            if rate
            else ""
        ),
        "5b": "The figures on this sheet.",
    }


def _feature_words(facts: SessionFacts) -> str:
    setup = facts.setup
    parts = []
    for feature in setup.features:
        where = " and ".join(feature.sites)
        if feature.band is None:
            parts.append(f"{feature.name}: ratio of {feature.numerator} to {feature.denominator}")
            continue
        low, high = feature.band.at(setup.iaf_hz)
        delay_ms = _declared_ms(facts, feature.name, feature.delay_s)
        parts.append(
            f"{feature.name}: {feature.kind.value} {low:g}–{high:g} Hz at {where} in "
            f"{'no unit' if feature.unit == '1' else feature.unit}, estimator “{feature.estimator}” over the last "
            f"{feature.taps_s:g} s, declared delay {delay_ms:.0f} ms"
        )
    delays = facts.delays_ms
    parts.append(f"updated every {1000 * setup.hop_s:.0f} ms")
    parts += [words for words in (budget_words(delays), measured_words(delays)) if words]
    return "; ".join(parts) + "."


def _schedule(facts: SessionFacts) -> str:
    protocol = facts.setup.protocol
    by = ", ".join(dict.fromkeys(event.by for event in facts.threshold_changes))
    n = len(facts.threshold_changes)
    changes = tr_count(in_english, "{n} change", "{n} changes", n) if n else "No change"
    conditions = "; ".join(_condition_words(condition) for condition in protocol.conditions)
    return (
        f"{facts.sentence} Thresholds: {conditions}. {changes} after the baseline{f' (by {by})' if by else ''}, with "
        f"time stamps in the journal. A reward after {1000 * protocol.reward.dwell_s:.0f} ms in range, then none for "
        f"{1000 * protocol.reward.refractory_s:.0f} ms."
    )


def _condition_words(condition: Condition) -> str:
    target = condition.threshold.target
    aims = condition.threshold.rule not in (ThresholdRule.FIXED, ThresholdRule.BASELINE_Z)
    role = "" if condition.role is Role.REWARD else " (inhibit)"
    return (
        f"{condition.feature}{role} {_RULES[condition.threshold.rule]}{f', target {share(target)}' if aims else ''}"
    )


def _processing(facts: SessionFacts) -> str:
    setup = facts.setup
    fit = setup.fit
    mains = f"{setup.mains_hz:g} Hz" if setup.mains_hz else "50 and 60 Hz"
    if isinstance(fit.reference, tuple):
        reference = "mean of " + ", ".join(setup.device.channel_names[i] for i in fit.reference)
    else:
        reference = (
            f"the amplifier's own ({setup.device.reference})" if fit.reference == "device" else "common average"
        )
    return (
        f"Reference: {reference}. Mains: {mains} filtered out. Causal FIR band filters. Artefacts: "
        f"{_guards(setup.protocol.guards)}. While held: no reward, no valid time, no learning of thresholds. Samples "
        f"are stored unfiltered.{f' Adapted montage: {fit.note}.' if fit.adapted else ''}"
    )


def _guards(guards: Guards) -> str:
    limits = (
        ("amplitude", guards.amplitude_uv, "µV"),
        ("jump", guards.gradient_uv, "µV"),
        ("blink", guards.blink_uv, "µV"),
        ("muscle", guards.muscle_uv, "µV"),
        ("head movement (where measured)", guards.motion_g, "g"),
    )
    used = [f"{name} {limit:g} {unit}" for name, limit, unit in limits if limit is not None]
    return f"held above {', '.join(used)}" if used else "no guard was set"


def _equipment(facts: SessionFacts) -> str:
    device, software = facts.setup.device, facts.software
    maker = " ".join(part for part in (device.manufacturer, device.model or device.name) if part)
    versions = ", ".join(f"{name} {version}" for name, version in software.items() if version != "n/a")
    return (
        f"{maker}, {device.sampling_rate_hz:g} Hz, electrodes {', '.join(device.channel_names)}. {versions}. "
        f"Protocol {facts.setup.protocol.id} version {facts.setup.protocol.version}, "
        f"SHA-256 {facts.protocol_sha256[:16]}…"
    )


def _declared_ms(facts: SessionFacts, name: str, otherwise_s: float) -> float:
    delays = facts.own.content.get("delays_s")
    value = delays.get(name) if isinstance(delays, dict) else None
    return 1000 * (float(value) if isinstance(value, int | float) else otherwise_s)
