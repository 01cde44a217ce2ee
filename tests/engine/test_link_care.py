"""The care of a link, on a clock that the test holds: when silence is told, when it pauses, when a try is due."""

import threading
from types import SimpleNamespace

import pytest

from nfb.engine.link import Link
from nfb.engine.supervisor import Supervisor
from nfb.model.errors import DeviceError
from nfb.model.samples import LinkChange, LinkState

GONE = DeviceError("The dongle is not there.", "Plug it in.")


class Headset:
    """Opens at once; every try to get it back ends as the test says."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.away = False
        self.meanwhile = lambda: None  # what happens while a call blocks

    def open(self) -> None:
        self.calls.append("open")
        self.meanwhile()

    def reconnect(self) -> None:
        self.calls.append("reconnect")
        self.meanwhile()
        if self.away:
            raise GONE

    def cancel(self) -> None:
        self.calls.append("cancel")


class Watched:
    """A link, what it told, and the clock."""

    def __init__(self, supervisor: Supervisor | None = None) -> None:
        self.headset = Headset()
        self.stopping = threading.Event()
        self.told: list[LinkChange | str] = []
        self.clock = SimpleNamespace(now_s=100.0)
        self.link = Link(
            self.headset,
            supervisor or Supervisor(),
            self.stopping,
            tell=self.told.append,
            pause=lambda: self.told.append("pause"),
        )
        self.link.heard(self.clock.now_s)
        self.told.clear()

    def at(self, now_s: float) -> "Watched":
        self.clock.now_s = now_s
        return self

    def silent_until(self, now_s: float) -> list[LinkState | str]:
        self.at(now_s).link.watch_silence(now_s)
        return self.states()

    def tries(self, now_s: float) -> int:
        """How often the headset was called by now."""
        assert self.at(now_s).link.regain(self.clock)
        return self.headset.calls.count("reconnect")

    def states(self) -> list[LinkState | str]:
        return [each if isinstance(each, str) else each.state for each in self.told]


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_silence_is_told_after_half_a_second_and_pauses_once_after_two(watched: Watched) -> None:
    assert watched.silent_until(100.49) == []
    assert watched.silent_until(100.5) == [LinkState.STALLED]
    assert watched.silent_until(101.99) == [LinkState.STALLED]
    assert watched.silent_until(102.0) == [LinkState.STALLED, "pause"]
    assert watched.silent_until(130.0) == [LinkState.STALLED, "pause"]
    assert watched.told[0].detail == "The headset sends no samples."


def test_samples_end_a_silence_and_the_next_one_pauses_again(watched: Watched) -> None:
    watched.silent_until(101.9)
    watched.link.heard(101.9)
    assert watched.silent_until(102.3) == [LinkState.STALLED, LinkState.STREAMING]
    watched.silent_until(103.0)
    assert watched.silent_until(104.0)[2:] == [LinkState.STALLED, "pause"]
    watched.link.heard(104.0)
    watched.silent_until(104.5)
    assert watched.silent_until(106.0)[4:] == [LinkState.STREAMING, LinkState.STALLED, "pause"]


def test_a_lost_link_pauses_at_once_and_its_silence_not_again(watched: Watched) -> None:
    watched.link.change(LinkChange(LinkState.LOST, "The dongle was pulled out."))
    assert watched.silent_until(110.0) == [LinkState.LOST, "pause"]


def test_each_pause_before_a_try_is_twice_the_one_before_up_to_the_longest() -> None:
    watched = Watched(Supervisor(first_pause_s=1.0, longest_pause_s=3.0))
    watched.headset.away = True
    watched.link.change(LinkChange(LinkState.LOST))
    assert watched.tries(100.0) == 0  # from here the pauses count
    for n, due_s in enumerate([101.0, 103.0, 106.0, 109.0]):
        assert watched.tries(due_s - 0.01) == n
        assert watched.tries(due_s) == n + 1
    assert watched.told[-1] == LinkChange(LinkState.LOST, GONE.what, GONE.way_out)
    assert watched.states() == [LinkState.LOST, "pause", *[LinkState.RECONNECTING, LinkState.LOST] * 4]


def test_a_try_that_finds_the_headset_waits_for_its_samples(watched: Watched) -> None:
    watched.link.change(LinkChange(LinkState.LOST))
    watched.tries(100.0)
    assert watched.tries(101.0) == 1
    assert watched.link.state is LinkState.WAITING
    watched.link.heard(101.5)
    assert watched.states()[2:] == [LinkState.RECONNECTING, LinkState.WAITING, LinkState.STREAMING]


def test_it_is_given_up_when_the_time_for_it_is_over() -> None:
    watched = Watched(Supervisor(first_pause_s=1.0, longest_pause_s=1.0, give_up_s=5.0))
    watched.headset.away = True
    watched.link.change(LinkChange(LinkState.LOST))
    watched.tries(100.0)
    assert watched.tries(104.9) == 1
    assert not watched.at(106.0).link.regain(watched.clock)


def test_what_blocks_is_cut_short_and_not_begun_once_the_session_is_to_stop(watched: Watched) -> None:
    watched.link.cancel()
    assert watched.headset.calls == []  # nothing blocks: there is nothing to cut short
    watched.headset.meanwhile = watched.link.cancel
    watched.link.open()
    assert watched.headset.calls == ["open", "cancel"]
    watched.stopping.set()
    watched.link.open()
    assert watched.headset.calls == ["open", "cancel"]
