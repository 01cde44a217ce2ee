"""A protocol as the tables of its file: the inverse of reading. What a file may leave out is left out."""

from itertools import pairwise

from nfb.files.protocol_defaults import DEFAULT_TARGET, default_delay_s, default_min_clean_s, default_smoothing_s
from nfb.files.protocol_schema import SCHEMA
from nfb.model.protocol import (
    Condition,
    Crossover,
    Evidence,
    Eyes,
    Fallback,
    Feature,
    FeatureKind,
    Feedback,
    Guards,
    Montage,
    Protocol,
    Reward,
    Stage,
    StageKind,
    Threshold,
    ThresholdRule,
)

Data = dict[str, object]


def protocol_data(protocol: Protocol) -> Data:
    """The data that :func:`tomllib.loads` gives for the protocol's file."""
    data: Data = {
        "schema": SCHEMA,
        "id": protocol.id,
        "version": protocol.version,
        "name": protocol.name,
        "purpose": protocol.purpose,
        "cautions": list(protocol.cautions),
        "evidence": _evidence(protocol.evidence),
        "montage": _montage(protocol.montage),
        "features": {feature.name: _feature(feature, protocol.montage) for feature in protocol.features},
        "conditions": [_condition(condition) for condition in protocol.conditions],
        "guards": _guards(protocol.guards),
        "reward": _reward(protocol.reward),
        "recalibrate": {},
        "feedback": _feedback(protocol.feedback),
        "stages": _stages(protocol.stages),
        "crossover": {} if protocol.crossover is None else _crossover(protocol.crossover),
        "course": _given(sessions=protocol.course.sessions, per_week=protocol.course.per_week),
    }
    rule = protocol.recalibrate
    if rule is not None:
        data["recalibrate"] = {"after_s": rule.after_s, "low": rule.low, "high": rule.high, "from_s": rule.from_s}
    return {key: value for key, value in data.items() if value or key in ("schema", "name")}


def _given(**values: object) -> Data:
    """Those that are neither empty nor zero nor false."""
    return {key: value for key, value in values.items() if value}


def _evidence(evidence: Evidence) -> Data:
    references = [{"text": entry.text, **_given(doi=entry.doi)} for entry in evidence.references]
    return {
        "level": evidence.level,
        "summary": evidence.summary,
        "limits": evidence.limits,
        **_given(references=references),
    }


def _montage(montage: Montage) -> Data:
    data: Data = {"sites": list(montage.sites)}
    if montage.min_sites != len(montage.sites):
        data["min_sites"] = montage.min_sites
    data["reference"] = _sites(montage.reference)
    return {**data, **_given(fallbacks=[_fallback(fallback) for fallback in montage.fallbacks])}


def _sites(sites: str | tuple[str, ...]) -> str | list[str]:
    return sites if isinstance(sites, str) else list(sites)


def _fallback(fallback: Fallback) -> Data:
    replace = {site: new[0] if len(new) == 1 else list(new) for site, new in fallback.replace.items()}
    data: Data = {"replace": replace, **_given(reference=_sites(fallback.reference), note=fallback.note)}
    return data if fallback.adapted else {**data, "adapted": False}


def _feature(feature: Feature, montage: Montage) -> Data:
    data: Data = {"kind": feature.kind.value}
    if feature.band is None:
        parts = _given(numerator=feature.numerator, denominator=feature.denominator, log=feature.log)
        return {**data, **parts, **_given(smoothing_s=feature.smoothing_s)}
    if feature.sites != montage.sites or feature.kind is FeatureKind.ASYMMETRY:
        data["sites"] = list(feature.sites)
    data |= _given(left_sites=list(feature.left_sites))
    if feature.band.from_iaf_hz is not None:
        data["band_from_iaf_hz"] = list(feature.band.from_iaf_hz)
    data["band_hz"] = list(feature.band.hz)
    plain = Feature(feature.name, feature.kind)
    if feature.relative_to_hz != plain.relative_to_hz:
        data["relative_to_hz"] = list(feature.relative_to_hz)
    data |= _given(log=feature.log)
    if feature.estimator != plain.estimator:
        data["estimator"] = feature.estimator
    if feature.delay_s != default_delay_s(feature.band.hz, feature.slow):
        data["delay_s"] = feature.delay_s
    if feature.taps_s != plain.taps_s:
        data["taps_s"] = feature.taps_s
    if feature.smoothing_s != default_smoothing_s(feature.kind.value):
        data["smoothing_s"] = feature.smoothing_s
    return {**data, **_given(slow=feature.slow)}


def _condition(condition: Condition) -> Data:
    return {
        "feature": condition.feature,
        "role": condition.role.value,
        "direction": condition.direction.value,
        "threshold": _threshold(condition.threshold, DEFAULT_TARGET[condition.role.value]),
    }


def _threshold(threshold: Threshold, default_target: float) -> Data:
    rule, plain = threshold.rule, Threshold(threshold.rule)
    data: Data = {"rule": rule.value}
    if rule is ThresholdRule.FIXED:
        data["value"] = threshold.value
    elif rule is ThresholdRule.BASELINE_Z:
        data["k"] = threshold.k
    elif rule is ThresholdRule.BASELINE_PERCENTILE or threshold.target != default_target:
        data["target"] = threshold.target
    if threshold.window_s != plain.window_s:
        data["window_s"] = threshold.window_s
    if threshold.gain != plain.gain:
        data["gain"] = threshold.gain
    return data


def _guards(guards: Guards) -> Data:
    plain, data = Guards(), {}
    for key in ("amplitude_uv", "gradient_uv", "blink_uv", "muscle_uv", "motion_g", "drowsiness"):
        value = getattr(guards, key)
        if value != getattr(plain, key):
            data[key] = False if value is None else value
    return data


def _reward(reward: Reward) -> Data:
    data: Data = {"dwell_s": reward.dwell_s, "refractory_s": reward.refractory_s}
    if reward.must_fall_back:
        data["must_fall_back"] = True
    if reward.fall_back != Reward().fall_back:
        data["fall_back"] = reward.fall_back
    return data


def _feedback(feedback: Feedback) -> Data:
    return {"mode": feedback.mode, "chime": feedback.chime, **_given(instruction=feedback.instruction)}


def _crossover(rule: Crossover) -> Data:
    return {"theta": rule.theta, "alpha": rule.alpha, "by_uv": rule.by_uv, "for_s": rule.for_s}


def _stages(stages: tuple[Stage, ...]) -> Data:
    """Eyes closed for the alpha peak, blocks of baseline and runs, transfer: as few numbers as the file has."""
    transfer_s = sum(stage.duration_s for stage in stages if stage.kind is StageKind.TRANSFER)
    peak_s = sum(stage.duration_s for stage in stages if stage.for_peak)
    begins = [i for i, stage in enumerate(stages) if stage.gives_thresholds]
    blocks = [_block(stages[a:b]) for a, b in pairwise([*begins, len(stages)])]
    return {**blocks[0], **_given(peak_s=peak_s, transfer_s=transfer_s, then=blocks[1:])}


def _block(stages: tuple[Stage, ...]) -> Data:
    """Baseline, and runs with rests between them."""
    baseline = stages[0]
    runs = [stage for stage in stages if stage.kind is StageKind.RUN]
    first_run = stages.index(runs[0])
    rests = [stage for stage in stages[first_run:] if stage.kind is StageKind.REST]
    data: Data = {
        "eyes": "closed" if baseline.eyes is Eyes.CLOSED else "open",
        **_given(conditions=list(baseline.conditions)),
        "baseline_s": baseline.duration_s,
        "min_clean_s": baseline.min_clean_s,
        **_given(rest_after_baseline_s=sum(stage.duration_s for stage in stages[1:first_run])),
        "runs": len(runs),
        "run_s": runs[0].duration_s,
    }
    if baseline.min_clean_s == default_min_clean_s(baseline.duration_s) and baseline.duration_s < 120:
        del data["min_clean_s"]
    if len(runs) > 1:
        data["rest_s"] = rests[0].duration_s if rests else 0.0
    return data
