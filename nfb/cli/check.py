"""`nfb check`: a protocol in words, its delay, its fit, its expected reward."""

import argparse
import math
import sys

from nfb.cli.output import print_json
from nfb.engine.preview import LATE_MS, expect, fit_on, headset_info, waiting_s
from nfb.engine.replaying import foreign_setup
from nfb.files.importers import open_recording
from nfb.files.protocol_file import load_protocol
from nfb.files.recording import Recording
from nfb.files.shelf import find_protocol
from nfb.model.device import DeviceInfo
from nfb.model.errors import MontageError, ProtocolError
from nfb.model.protocol import Protocol
from nfb.model.sentence import sentence
from nfb.session.session import Session
from nfb.session.setup import Setup


def run(arguments: argparse.Namespace) -> int:
    protocol = load_protocol(find_protocol(arguments.protocol))
    recording = device = None
    if arguments.recording is not None:
        recording = open_recording(arguments.recording, sampling_rate_hz=arguments.rate, board=arguments.board)
        device = recording.device
        for warning in recording.warnings:
            print(f"Note: {warning}", file=sys.stderr)
    if arguments.device is not None:
        device = headset_info(arguments.device)
    report: dict[str, object] = {
        "protocol": protocol.id,
        "version": protocol.version,
        "name": protocol.name,
        "sentence": sentence(protocol),
        "evidence": protocol.evidence.level,
        "limits": protocol.evidence.limits,
        "automatic_threshold": any(condition.threshold.rule.is_auto for condition in protocol.conditions),
    }
    if device is None:
        report["delay_ms"] = {
            feature.name: round(1000 * (feature.delay_s + feature.smoothing_s), 1) for feature in protocol.features
        }
    fits = device is None or _describe_fit(protocol, device, arguments.iaf, report)
    if recording is not None and fits:
        fits = _describe_expected(protocol, recording, arguments.iaf, report)
    if arguments.json:
        print_json(report)
    else:
        _print(report)
    return 0 if fits else 1


def _describe_fit(protocol: Protocol, device: DeviceInfo, iaf_hz: float | None, report: dict[str, object]) -> bool:
    """Fit and delays on a headset; whether it fits."""
    fit = fit_on(protocol, device, iaf_hz)
    report["device"] = device.name
    report["fit"] = fit.word
    if fit.setup is not None:
        report["sites"] = list(fit.sites)
    if fit.reason:
        report["reason"] = fit.reason
    if fit.setup is None:
        return False
    if fit.setup.fit.adapted:
        report["sentence"] = sentence(protocol, fit.setup.fit)
    report["delay_ms"] = _delays_ms(fit.setup)
    return True


def _delays_ms(setup: Setup) -> dict[str, float]:
    """Declared delay of every feature, the wait for a hop, the device's estimate, and their sum for the reward."""
    device = setup.device
    session = Session(setup)
    delays = {f.name: round(1000 * d, 1) for f, d in zip(setup.features, session.delays_s, strict=True)}
    waited_s = waiting_s(setup)
    delays["device (estimate)"] = round(1000 * device.transport_delay_s, 1)
    delays["burst and hop"] = round(1000 * waited_s, 1)
    delays["total to decision"] = round(1000 * (session.reward_delay_s + waited_s + device.transport_delay_s), 1)
    return delays


def _describe_expected(
    protocol: Protocol, recording: Recording, iaf_hz: float | None, report: dict[str, object]
) -> bool:
    """What the recording would have earned; whether the protocol fits it."""
    report["recording"] = str(recording.path)
    try:
        setup = foreign_setup(protocol, recording, iaf_hz)
    except (MontageError, ProtocolError) as error:  # it fits the headset that was asked for, but not this one
        report["expected"] = None
        report["expected_reason"] = str(error)
        return False
    expected = expect(setup, recording)
    report["expected"] = {
        "trained_s": round(expected.trained_s, 3),
        "held_share": _number(expected.held_share),
        "in_range_share": _number(expected.in_range_share),
        "rewards": expected.rewards,
        "tokens_per_minute": _number(expected.tokens_per_minute),
    }
    return True


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def _print(report: dict[str, object]) -> None:
    print(f"{report['name']} ({report['protocol']}, version {report['version']})")
    print(report["sentence"])
    print(f"Evidence: {report['evidence']}. {report['limits']}")
    if report["automatic_threshold"]:
        print("Automatic threshold: it follows the signal, so the score says nothing about learning.")
    if "fit" in report:
        reason = f": {report['reason']}" if "reason" in report else ""
        print(f"On {report['device']}: {report['fit']}{reason}")
    delays = report.get("delay_ms")
    if isinstance(delays, dict):
        print("Delay: " + ", ".join(f"{name} {value:g} ms" for name, value in delays.items()))
        if delays.get("total to decision", 0.0) > LATE_MS:
            print(f"More than {LATE_MS:g} ms: learning suffers from late feedback (Belinskaia 2020).")
    expected = report.get("expected")
    if isinstance(expected, dict):
        _print_expected(expected)
    elif "expected_reason" in report:
        print(f"On this recording: not possible: {report['expected_reason']}")


def _print_expected(expected: dict[str, float | None]) -> None:
    share, tokens, held = expected["in_range_share"], expected["tokens_per_minute"], expected["held_share"]
    if share is None or tokens is None or held is None:
        print("On this recording: no clean time after the baseline, so no reward can be expected.")
        return
    print(
        f"On this recording: in range {100 * share:.0f} % of {expected['trained_s']:.0f} s clean training, "
        f"{tokens:.1f} tokens per minute, held {100 * held:.0f} % of the time"
    )
