"""What a protocol would do, told before anybody is wired."""

import json
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from nfb.cli import main
from nfb.engine.preview import (
    Expected,
    PreviewCancelledError,
    any_headset,
    delay_budget,
    expect,
    fit_on,
    headset_info,
    preview,
    simulated_recording,
)
from nfb.engine.replaying import foreign_setup
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol, list_protocols
from nfb.model.protocol import Protocol, StageKind


def shipped(name: str) -> Protocol:
    return load_protocol(find_protocol(name))


def shorter(protocol: Protocol, baseline_s: float = 30.0, run_s: float = 40.0) -> Protocol:
    """The same protocol, with a visit of a minute."""
    lengths = {StageKind.BASELINE: baseline_s, StageKind.RUN: run_s}
    first = next(i for i, stage in enumerate(protocol.stages) if stage.kind is StageKind.RUN)
    stages = tuple(
        replace(stage, duration_s=lengths[stage.kind], min_clean_s=min(stage.min_clean_s, 10.0))
        for stage in protocol.stages[: first + 1]
    )
    return replace(protocol, stages=stages)


@pytest.fixture(scope="module")
def on_simulated() -> Expected:
    return preview(shorter(shipped("smr-central")), None)


def test_a_preview_is_what_nfb_check_says(shared_eeg: Path) -> None:
    path = shared_eeg / "derived" / "eegmmidb_S001R02_first60s.edf"
    with redirect_stdout(StringIO()) as out:
        assert main(["check", "smr-central", "--recording", str(path), "--json"]) == 0
    checked = json.loads(out.getvalue())["expected"]
    expected = preview(shipped("smr-central"), path)
    assert expected.rewards == checked["rewards"]
    assert expected.in_range_share == pytest.approx(checked["in_range_share"], abs=1e-4)
    assert expected.tokens_per_minute == pytest.approx(checked["tokens_per_minute"], abs=1e-4)
    assert expected.held_share == pytest.approx(checked["held_share"], abs=1e-4)


def test_all_conditions_at_once_are_met_less_often_than_any_of_them(on_simulated: Expected) -> None:
    assert len(on_simulated.condition_shares) == 3
    assert 0 < on_simulated.in_range_share <= min(on_simulated.condition_shares)
    # Not in range is at most what the three miss together.
    assert 1 - on_simulated.in_range_share <= sum(1 - share for share in on_simulated.condition_shares) + 1e-9


def test_the_joint_rate_lies_where_independent_targets_put_it(on_simulated: Expected) -> None:
    """Targets of 65, 90 and 90 % pass 45 % at once if they fall together worst, 65 % if best."""
    assert 0.45 <= on_simulated.baseline_share <= 0.66


def test_seconds_held_by_cause_add_up_to_the_share_that_is_held(on_simulated: Expected) -> None:
    held_s = sum(seconds for _, seconds in on_simulated.held_s_by_cause)
    assert held_s == pytest.approx(
        on_simulated.held_share / (1 - on_simulated.held_share) * on_simulated.trained_s, abs=1.0
    )


def test_a_scripted_artefact_would_have_blocked_as_long_as_it_lasted() -> None:
    """Eight seconds of strong muscle on both sites, in a recording that is otherwise noise."""
    protocol = shorter(shipped("smr-central"))
    rate = 250.0
    noise = np.random.default_rng(5).normal(0, 6, (2, round(72 * rate)))
    at = slice(round(45 * rate), round(53 * rate))
    times = np.arange(at.stop - at.start) / rate
    noise[:, at] += 60 * np.sin(2 * np.pi * 38 * times)
    recording = simulated_recording(protocol)
    device = replace(recording.device, channel_names=("C3", "C4"), sampling_rate_hz=rate)
    recording = replace(recording, eeg=noise.astype(np.float32), device=device, gaps=(), acceleration_g=None)
    held = dict(expect(foreign_setup(protocol, recording), recording).held_s_by_cause)
    assert 7.5 <= sum(held.values()) <= 8.0 + 2.5  # with the hold of up to 2 s that follows
    assert max(held, key=lambda cause: held[cause]) in ("muscle", "jump")


def test_a_preview_that_nobody_waits_for_ends_at_once() -> None:
    protocol = shorter(shipped("smr-central"))
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    with pytest.raises(PreviewCancelledError):
        preview(protocol, None, cancelled)
    assert asked == 3


@pytest.mark.parametrize("name", [path.stem for path in list_protocols()])
def test_the_simulated_client_wears_the_sites_of_every_shipped_protocol(name: str) -> None:
    protocol = shorter(shipped(name), 5.0, 5.0)
    recording = simulated_recording(protocol)
    assert fit_on(protocol, recording.device).word == "exact"
    assert fit_on(protocol, any_headset(protocol)).word == "exact"


def test_fit_is_exact_adapted_or_not_possible_with_the_reason() -> None:
    assert fit_on(shipped("smr-central"), headset_info("cyton")).word == "exact"
    adapted = fit_on(shipped("faa-alay"), headset_info("muse-2"))
    assert (adapted.word, set(adapted.sites)) == ("adapted", {"TP9", "AF7", "AF8", "TP10"})
    assert "AF7 and AF8" in adapted.reason
    misfit = fit_on(shipped("smr-central"), headset_info("muse-2"))
    assert (misfit.word, misfit.setup) == ("not possible", None)
    assert "needs C3, C4" in misfit.reason


def test_the_delay_of_a_condition_is_the_sum_of_its_declared_parts() -> None:
    fit = fit_on(shipped("smr-central"), headset_info("cyton"))
    assert fit.setup is not None
    smr, _, high_beta = delay_budget(fit.setup)
    assert (smr.feature, smr.smoothing_ms) == ("smr", 0)
    with redirect_stdout(StringIO()) as out:
        main(["check", "smr-central", "--device", "cyton", "--json"])
    checked_ms = json.loads(out.getvalue())["delay_ms"]
    assert smr.estimator_ms == pytest.approx(checked_ms["smr"], abs=0.1)
    assert smr.total_ms == pytest.approx(checked_ms["total to decision"], abs=0.2)
    # Half of a hop of five samples at 250 Hz, as the file says nothing of bursts.
    assert smr.waiting_ms == pytest.approx(8.0)
    assert high_beta.is_soon and high_beta.total_ms < smr.total_ms


def test_smoothing_is_told_apart_from_the_filter() -> None:
    fit = fit_on(shipped("faa-alay"), headset_info("cyton-daisy"))
    assert fit.setup is not None
    (balance,) = delay_budget(fit.setup)
    assert balance.smoothing_ms == pytest.approx(2500)
    assert balance.estimator_ms < 300
