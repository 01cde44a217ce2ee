"""Everything that determines a session besides its samples and commands."""

import math
from dataclasses import dataclass

from nfb.model.device import DeviceInfo
from nfb.model.errors import ProtocolError, SetupError
from nfb.model.montage import Fit, fit_montage
from nfb.model.protocol import Feature, FeatureKind, Protocol, Stage, StageKind, ThresholdRule
from nfb.session.course import course_thresholds
from nfb.session.plan import MOST_REST_S, MOST_RUNS, RUN_LIMITS_S, plan_runs, plan_stages

# Why a session cannot be set up like this; the window translates by these.
SETUP_WORDS: dict[str, str] = {
    "band": "upper edge must be below {half} Hz (half of {rate} Hz). Choose a lower band or a headset with a higher "
    "rate.",
    "baseline": "a baseline needs at least 1 s, and an end",
    "iaf": "an alpha peak lies from 5 to 15 Hz; leave it out if it is not known",
    "runs": "a session has 1 to {most} runs",
    "run": "a run lasts {shortest} to {longest} s",
    "rest": "a rest lasts 0 to {longest} s",
    "target": "must lie between 0 and 1; it is a share of time, 65 % is 0.65",
    "carried": "the threshold of {feature} comes from the baseline, none was carried over",
}


@dataclass(frozen=True, slots=True)
class Setup:
    """A session ready to run. Build one with :func:`make_setup`.

    Parameters
    ----------
    protocol
        What is trained.
    device
        Where the samples come from.
    fit
        The protocol's montage on that device.
    stages
        The parts of the session in order; the protocol's own unless shortened.
    hop_samples
        Samples computed on at once.
    mains_hz
        50 or 60, or None to have it detected from the signal.
    iaf_hz
        Individual alpha frequency, or None for the protocol's fixed bands.
    thresholds
        One per condition: a value carried over from an earlier visit, or NaN to have it set by its rule.
    time_limit_s
        End after so many seconds of samples, or None.
    auto_resume
        After a link loss go on by itself once five clean seconds have come.
    target
        Share of the clean baseline in which all conditions are to be met at once; None for each condition's own
        target.
    find_iaf
        Look for the individual alpha frequency in a baseline with eyes closed, and move the bands that follow it.
    progressive
        Without a baseline, design the band filters for the person from the first clean seconds.
    audit
        What a reader of the score must know from the beginning.
    """

    protocol: Protocol
    device: DeviceInfo
    fit: Fit
    stages: tuple[Stage, ...]
    hop_samples: int
    mains_hz: float | None = None
    iaf_hz: float | None = None
    thresholds: tuple[float, ...] = ()
    time_limit_s: float | None = None
    auto_resume: bool = True
    target: float | None = None
    find_iaf: bool = False
    progressive: bool = False
    audit: tuple[str, ...] = ()

    @property
    def hop_s(self) -> float:
        return self.hop_samples / self.device.sampling_rate_hz

    @property
    def follows_peak(self) -> bool:
        """Whether any band lies around the alpha peak, where one is known."""
        bands = [feature.band for feature in self.features if feature.band is not None]
        return any(band.from_iaf_hz is not None for band in bands)

    def misfit(self, iaf_hz: float) -> str:
        """Why the bands do not fit an alpha peak on this device; empty if they do."""
        return band_misfit(self.protocol, self.features, self.device.sampling_rate_hz, iaf_hz)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The protocol's features with the headset's own site names."""
        return self.fit.features


def make_setup(
    protocol: Protocol,
    device: DeviceInfo,
    *,
    signal_check: bool = False,
    mains_hz: float | None = None,
    iaf_hz: float | None = None,
    thresholds: tuple[float, ...] | None = None,
    time_limit_s: float | None = None,
    baseline_s: float | None = None,
    auto_resume: bool = True,
    runs: int | None = None,
    run_s: float | None = None,
    rest_s: float | None = None,
    target: float | None = None,
    find_iaf: bool = True,
    previous_share: float | None = None,
) -> Setup:
    """Place a protocol on a device and plan the stages.

    Parameters
    ----------
    signal_check
        Begin with a stage that lasts until the operator goes on.
    time_limit_s
        Length of the whole session in seconds. Where the protocol's stages do not fit, the baseline is cut to a
        third of it (but not below 5 s) and the remainder is trained.
    baseline_s
        Length of the baseline if it is not to be the protocol's; 0 leaves it out, where all thresholds are carried
        over or fixed.
    runs, run_s, rest_s
        Number of runs, their length and that of the rests between them, where they are not to be the protocol's.
        0 s of rest leave the rests out.
    target
        Share of the clean baseline in which all conditions are to be met at once; the conditions' own targets are
        raised or lowered together until it is.
    find_iaf
        Look for the individual alpha frequency with eyes closed where `iaf_hz` is not given. A stage that is only
        for it is left out of short sessions.
    previous_share
        Share in range of the course's last session: a good one raises thresholds with ``rule = "course"``.

    Raises
    ------
    MontageError
        The device lacks the sites.
    ProtocolError
        A band does not fit below half the device's sampling rate.
    SetupError
        An argument makes no sense.
    """
    rate = device.sampling_rate_hz
    if not rate > 0:
        raise SetupError(f"{device.name}: sampling_rate_hz = {rate}: must be above 0")
    if time_limit_s is not None and not 1 <= time_limit_s < math.inf:
        raise SetupError(f"seconds = {time_limit_s:g}: a session needs at least 1 s, and an end")
    if baseline_s not in (None, 0) and not 1 <= baseline_s < math.inf:
        raise SetupError(f"baseline = {baseline_s:g}: {SETUP_WORDS['baseline']}")
    if iaf_hz is not None and not 5 <= iaf_hz <= 15:
        raise SetupError(f"iaf = {iaf_hz:g}: {SETUP_WORDS['iaf']}")
    if mains_hz not in (None, 50.0, 60.0):
        raise SetupError(f"mains_hz = {mains_hz:g}: must be 50 or 60")
    _check_plan(runs, run_s, rest_s, target)
    fit = fit_montage(protocol, device.channel_names)
    misfit = band_misfit(protocol, fit.features, rate, iaf_hz)
    if misfit:
        raise ProtocolError(misfit)
    if thresholds is None:
        thresholds = (math.nan,) * len(protocol.conditions)
    if len(thresholds) != len(protocol.conditions):
        raise SetupError(
            f"{len(thresholds)} thresholds given, {protocol.id} has {len(protocol.conditions)} conditions"
        )
    stages = plan_runs(protocol.stages, runs, run_s, rest_s)
    if iaf_hz is not None or not find_iaf:
        stages = tuple(stage for stage in stages if not stage.for_peak)
    if baseline_s == 0:
        _check_carried(protocol, thresholds)
    stages = plan_stages(stages, time_limit_s, baseline_s)
    thresholds, audit = course_thresholds(protocol, thresholds, previous_share)
    if signal_check:
        stages = (Stage(StageKind.CHECK, "check", float("inf")), *stages)
    return Setup(
        protocol=protocol,
        device=device,
        fit=fit,
        stages=stages,
        hop_samples=max(1, int(protocol.hop_s * rate + 1e-9)),
        mains_hz=mains_hz,
        iaf_hz=iaf_hz,
        thresholds=thresholds,
        time_limit_s=time_limit_s,
        auto_resume=auto_resume,
        target=target,
        find_iaf=find_iaf and iaf_hz is None,
        progressive=True,
        audit=audit,
    )


def _check_carried(protocol: Protocol, thresholds: tuple[float, ...]) -> None:
    for condition, value in zip(protocol.conditions, thresholds, strict=True):
        if math.isnan(value) and condition.threshold.rule is not ThresholdRule.FIXED:
            raise SetupError(f"baseline = 0: {SETUP_WORDS['carried'].format(feature=condition.feature)}")


def _check_plan(runs: int | None, run_s: float | None, rest_s: float | None, target: float | None) -> None:
    if runs is not None and not 1 <= runs <= MOST_RUNS:
        raise SetupError(f"runs = {runs}: {SETUP_WORDS['runs'].format(most=MOST_RUNS)}")
    shortest_s, longest_s = RUN_LIMITS_S
    lasts = SETUP_WORDS["run"].format(shortest=f"{shortest_s:g}", longest=f"{longest_s:g}")
    if run_s is not None and not shortest_s <= run_s <= longest_s:
        raise SetupError(f"run_s = {run_s:g}: {lasts}")
    if rest_s is not None and not 0 <= rest_s <= MOST_REST_S:
        raise SetupError(f"rest_s = {rest_s:g}: {SETUP_WORDS['rest'].format(longest=f'{MOST_REST_S:g}')}")
    if target is not None and not 0 < target < 1:
        raise SetupError(f"target = {target:g}: {SETUP_WORDS['target']}")


def band_misfit(protocol: Protocol, features: tuple[Feature, ...], rate: float, iaf_hz: float | None) -> str:
    """Which band does not fit below half the sampling rate with this alpha peak; empty if all do."""
    for feature in features:
        if feature.kind is FeatureKind.RATIO or feature.band is None:
            continue
        low, high = feature.band.at(iaf_hz)
        if high >= rate / 2:
            place = f"{protocol.id}: features.{feature.name}.band_hz = [{low:g}, {high:g}]"
            return f"{place}: {SETUP_WORDS['band'].format(half=f'{rate / 2:g}', rate=f'{rate:g}')}"
    return ""
