"""What is known about a headset before a sample of it is read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A connected (or recorded) device.

    Parameters
    ----------
    name
        Catalogue key, e.g. ``cyton``, ``muse-2``, ``synthetic``, ``simulated``, ``replay``.
    channel_names
        One per EEG row, in the device's order, spelled as in the 10-10 system where the device names its sites.
    sampling_rate_hz
        Declared rate.
    model, manufacturer, serial
        As they go into the BIDS sidecar; empty where unknown.
    reference
        Where the amplifier's own reference sits (``Fpz`` on a Muse), or ``n/a``.
    rail_uv
        Largest absolute value the converter can give, or None if unknown.
    burst_samples
        Samples that arrive together (12 on a Muse); 1 if they come singly.
    transport_delay_s
        Estimated time from electrode to host; it is not measured by this program.
    sites_named
        False where the user places the electrodes (names are defaults to be confirmed).
    measures_impedance
        Whether :class:`~nfb.model.samples.DeviceStatus` can carry impedances.
    """

    name: str
    channel_names: tuple[str, ...]
    sampling_rate_hz: float
    model: str = ""
    manufacturer: str = ""
    serial: str = ""
    reference: str = "n/a"
    rail_uv: float | None = None
    burst_samples: int = 1
    transport_delay_s: float = 0.0
    sites_named: bool = True
    measures_impedance: bool = False

    @property
    def n_channels(self) -> int:
        return len(self.channel_names)
