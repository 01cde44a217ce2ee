"""EEG from an amplifier's LSL stream: units, channels, clocks, and a stream that goes away and comes back."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from nfb.devices.lsl_library import Scope, load
from nfb.devices.lsl_source import LslSource, Wanted, parse_stream
from nfb.model.errors import DeviceError, NfbError, SetupError
from nfb.model.samples import Chunk, Gap, GapCause, LinkChange, LinkState

try:
    import pylsl
except (ImportError, RuntimeError) as error:
    pytest.skip(f"liblsl is not here: {error}", allow_module_level=True)

RATE = 250.0
SITES = ("Fz", "C3", "Cz", "C4", "Pz")
FIND_S = 0.3


class Amplifier:
    """The amplifier's software: a stream of EEG in `unit` and a trigger channel, where sample i of channel k is
    ``(1000 * k + i)`` µV."""

    def __init__(self, name: str = "MyAmp", unit: str = "volts", volt: float = 1e-6, **options: Any) -> None:
        load(Scope.MACHINE)
        info = pylsl.StreamInfo(
            name,
            options.get("kind", "EEG"),
            len(SITES) + 1,
            options.get("rate", RATE),
            options.get("fmt", "double64"),
            f"{name}-1234",
        )
        if options.get("described", True):
            channels = info.desc().append_child("channels")
            for label, its_unit, kind in (*((site, unit, "EEG") for site in SITES), ("TRG", "none", "Trigger")):
                channel = channels.append_child("channel")
                channel.append_child_value("label", label)
                channel.append_child_value("unit", its_unit)
                channel.append_child_value("type", kind)
            info.desc().append_child("acquisition").append_child_value("manufacturer", "Acme")
            info.desc().append_child("reference").append_child_value("label", "A1")
        self.outlet = pylsl.StreamOutlet(info)
        self._volt = volt
        self._sent = 0
        self._first_s = pylsl.local_clock()

    def send(self, n: int) -> None:
        at = np.arange(self._sent, self._sent + n)
        values = np.stack([(1000.0 * k + at) * self._volt for k in range(len(SITES))] + [at % 2], axis=1)
        self._sent += n
        self.outlet.push_chunk(values, self._first_s + (self._sent - 1) / RATE)

    def skip(self, n: int) -> None:
        """Samples that the amplifier itself lost."""
        self._sent += n

    def off(self) -> None:
        del self.outlet


def gather(source: LslSource, done: Callable[[Sequence[object]], bool], limit_s: float = 10.0) -> list[object]:
    items: list[object] = []
    end_s = time.monotonic() + limit_s
    while not done(items):
        assert time.monotonic() < end_s, items
        items += source.read(0.05)
    return items


def n_samples(items: Sequence[object]) -> int:
    return sum(item.n_samples for item in items if isinstance(item, Chunk))


def eeg(items: Sequence[object]) -> np.ndarray:
    return np.concatenate([item.eeg for item in items if isinstance(item, Chunk)], axis=1)


@pytest.fixture
def amplifier() -> Iterator[Amplifier]:
    amplifier = Amplifier()
    yield amplifier
    if hasattr(amplifier, "outlet"):
        amplifier.off()


@pytest.fixture
def source(amplifier: Amplifier) -> Iterator[LslSource]:
    source = LslSource(Wanted("MyAmp"), FIND_S)
    source.open()
    yield source
    source.close()


def test_what_the_stream_says_of_itself_is_the_device(source: LslSource) -> None:
    assert source.info.channel_names == SITES  # the trigger channel is left out
    assert source.info.sampling_rate_hz == RATE
    assert (source.info.manufacturer, source.info.reference) == ("Acme", "A1")


def test_volts_become_microvolts_and_no_sample_is_lost(amplifier: Amplifier, source: LslSource) -> None:
    for _ in range(20):
        amplifier.send(25)
    items = gather(source, lambda items: n_samples(items) == 500)
    expected = 1000.0 * np.arange(len(SITES))[:, np.newaxis] + np.arange(500)
    assert np.allclose(eeg(items), expected, rtol=1e-6)
    assert not [item for item in items if isinstance(item, Gap)]
    chunks = [item for item in items if isinstance(item, Chunk)]
    assert [chunk.first_sample for chunk in chunks] == np.cumsum([0, *(c.n_samples for c in chunks[:-1])]).tolist()


def test_the_senders_clock_is_related_to_ours_and_noted(amplifier: Amplifier, source: LslSource) -> None:
    amplifier.send(250)
    sent_s = time.time()
    items = gather(source, lambda items: n_samples(items) == 250)
    told = [item.detail for item in items if isinstance(item, LinkChange)]
    assert any("clock offset" in detail for detail in told)
    times_s = np.concatenate([item.device_times_s for item in items if isinstance(item, Chunk)])
    assert np.allclose(np.diff(times_s), 1 / RATE, atol=1e-5)
    assert times_s[0] == pytest.approx(sent_s, abs=1.0)


def test_a_hole_in_the_stamps_is_a_gap_of_its_length(amplifier: Amplifier, source: LslSource) -> None:
    amplifier.send(100)
    amplifier.skip(300)
    amplifier.send(100)
    items = gather(source, lambda items: n_samples(items) == 200)
    (gap,) = [item for item in items if isinstance(item, Gap)]
    assert (gap.sample, gap.missing_samples, gap.cause) == (100, 300, GapCause.PACKETS_LOST)


def test_a_lost_stream_comes_back_with_a_gap_before_its_next_sample(amplifier: Amplifier, source: LslSource) -> None:
    amplifier.send(100)
    gather(source, lambda items: n_samples(items) == 100)
    amplifier.off()
    lost = gather(source, lambda items: any(isinstance(i, LinkChange) and i.state is LinkState.LOST for i in items))
    assert n_samples(lost) == 0
    again = Amplifier()
    again._first_s = amplifier._first_s
    source.reconnect()
    again.skip(1100)
    again.send(50)
    items = gather(source, lambda items: n_samples(items) == 50)
    kinds = [type(item) for item in items if not isinstance(item, LinkChange)]
    assert kinds[0] is Gap
    (gap,) = [item for item in items if isinstance(item, Gap)]
    assert (gap.sample, gap.missing_samples, gap.cause) == (100, 1000, GapCause.LINK_LOST)
    assert next(item for item in items if isinstance(item, Chunk)).first_sample == 100
    again.off()


def test_a_stream_that_stays_away_is_told_with_a_way_out(
    amplifier: Amplifier, source: LslSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nfb.devices.lsl_source.FIND_S", FIND_S)
    amplifier.off()
    with pytest.raises(DeviceError, match="Start it again"):
        source.reconnect()


def test_a_silent_stream_is_lost_after_five_seconds(source: LslSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nfb.devices.lsl_source.LOST_S", 0.2)
    items = gather(source, lambda items: any(isinstance(i, LinkChange) and i.state is LinkState.LOST for i in items))
    assert "No samples" in items[-1].detail


def test_a_stream_without_description_is_taken_as_microvolts_and_that_is_said() -> None:
    amplifier = Amplifier("Plain", described=False, volt=1.0)
    source = LslSource(Wanted("Plain"), FIND_S)
    source.open()
    amplifier.send(50)
    items = gather(source, lambda items: n_samples(items) == 50)
    assert np.allclose(eeg(items)[2], 2000 + np.arange(50))
    assert source.info.channel_names == ("Ch1", "Ch2", "Ch3", "Ch4", "Ch5", "Ch6")
    assert not source.info.sites_named
    assert any(isinstance(item, LinkChange) and "µV is assumed" in item.detail for item in items)
    source.close()
    amplifier.off()


def test_the_only_eeg_stream_needs_no_name(amplifier: Amplifier) -> None:
    other = Amplifier("Motion", kind="Accelerometer")
    source = LslSource(Wanted(), FIND_S)
    assert source.info.serial == "MyAmp-1234"
    source.close()
    other.off()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"rate": 0.0}, "has no fixed sampling rate"),
        ({"fmt": "string"}, "holds text"),
    ],
)
def test_a_stream_that_is_no_eeg_is_refused(options: dict[str, Any], told: str) -> None:
    amplifier = Amplifier("Odd", **options)
    with pytest.raises(SetupError, match=told):
        LslSource(Wanted("Odd"), FIND_S)
    amplifier.off()


def test_a_name_that_is_not_seen_is_told_with_those_that_are(amplifier: Amplifier) -> None:
    with pytest.raises(DeviceError, match=r"named 'YourAmp' on this computer; seen: 'MyAmp' \(EEG\)"):
        LslSource(Wanted("YourAmp"), FIND_S)


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"strem": "x"}, "did you mean 'stream'"),
        ({"unit": "T"}, "must be V, mV, uV or nV"),
        ({"scope": "world"}, "must be machine or network"),
    ],
)
def test_parameters_are_checked(params: dict[str, str], told: str) -> None:
    with pytest.raises(NfbError, match=told):
        parse_stream(params)


def test_reading_waits_no_longer_than_it_may(source: LslSource) -> None:
    gather(source, lambda items: bool(items))  # what was told on opening
    began_s = time.monotonic()
    assert source.read(0.05) == []
    assert 0.03 < time.monotonic() - began_s < 0.5


def test_closing_leaves_no_thread_of_ours(amplifier: Amplifier) -> None:
    before = set(threading.enumerate())
    source = LslSource(Wanted("MyAmp"), FIND_S)
    source.open()
    source.close()
    source.close()
    assert set(threading.enumerate()) == before
