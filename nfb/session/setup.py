"""Everything that determines a session besides its samples and commands."""

import math
from dataclasses import dataclass, replace

from nfb.model.device import DeviceInfo
from nfb.model.errors import ProtocolError, SetupError
from nfb.model.montage import Fit, fit_montage
from nfb.model.protocol import Feature, FeatureKind, Protocol, Stage, StageKind


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

    @property
    def hop_s(self) -> float:
        return self.hop_samples / self.device.sampling_rate_hz

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
        Length of the baseline if it is not to be the protocol's.

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
    if baseline_s is not None and not 1 <= baseline_s < math.inf:
        raise SetupError(f"baseline = {baseline_s:g}: a baseline needs at least 1 s, and an end")
    if iaf_hz is not None and not 5 <= iaf_hz <= 15:
        raise SetupError(f"iaf = {iaf_hz:g}: an alpha peak lies from 5 to 15 Hz; leave it out if it is not known")
    if mains_hz not in (None, 50.0, 60.0):
        raise SetupError(f"mains_hz = {mains_hz:g}: must be 50 or 60")
    fit = fit_montage(protocol, device.channel_names)
    for feature in fit.features:
        _check_band(protocol, feature, rate, iaf_hz)
    if thresholds is None:
        thresholds = (math.nan,) * len(protocol.conditions)
    if len(thresholds) != len(protocol.conditions):
        raise SetupError(
            f"{len(thresholds)} thresholds given, {protocol.id} has {len(protocol.conditions)} conditions"
        )
    stages = plan_stages(protocol.stages, time_limit_s, baseline_s)
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
    )


def _check_band(protocol: Protocol, feature: Feature, rate: float, iaf_hz: float | None) -> None:
    if feature.kind is FeatureKind.RATIO or feature.band is None:
        return
    low, high = feature.band.at(iaf_hz)
    if high >= rate / 2:
        raise ProtocolError(
            f"{protocol.id}: features.{feature.name}.band_hz = [{low:g}, {high:g}]: upper edge must be below "
            f"{rate / 2:g} Hz (half of {rate:g} Hz). Choose a lower band or a headset with a higher rate."
        )


def plan_stages(stages: tuple[Stage, ...], time_limit_s: float | None, baseline_s: float | None) -> tuple[Stage, ...]:
    """Shorten stages so that baseline and training both fit into `time_limit_s`."""
    total = sum(stage.duration_s for stage in stages)
    planned = []
    for stage in stages:
        if stage.kind is StageKind.BASELINE:
            length = stage.duration_s if baseline_s is None else baseline_s
            if time_limit_s is not None and baseline_s is None and time_limit_s < total:
                length = min(length, max(5.0, time_limit_s / 3))
            stage = replace(stage, duration_s=length, min_clean_s=min(stage.min_clean_s, 0.6 * length))
        planned.append(stage)
    return tuple(planned)
