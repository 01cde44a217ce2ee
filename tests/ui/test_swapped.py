"""The signal check names electrodes that are swapped with one another, by where blinks show."""

from dataclasses import replace

import numpy as np
from fakes import FakeLauncher, poll

from nfb.devices.simulated import SimulatedSource
from nfb.model.samples import Chunk
from nfb.ui.shell import Shell


class Swapped:
    """A client on whom two electrodes have been swapped."""

    def __init__(self, source: SimulatedSource, one: str, other: str) -> None:
        self._source, names = source, source.info.channel_names
        self._order = np.arange(len(names))
        self._order[[names.index(one), names.index(other)]] = names.index(other), names.index(one)

    def read(self, timeout_s: float) -> list[object]:
        items = self._source.read(timeout_s)
        return [replace(item, eeg=item.eeg[self._order]) if isinstance(item, Chunk) else item for item in items]


def test_the_check_says_where_blinks_show_that_belong_elsewhere(window: Shell, launcher: FakeLauncher) -> None:
    window.begin_demo()
    engine = launcher.engine
    script = "quiet,blink@4,blink@5.5,blink@7,blink@10"
    engine._source = Swapped(SimulatedSource({"scenario": script}, seed=3), "F3", "O1")
    engine.connect()
    said = "Blinks show at O1, not at F3: are two electrodes swapped?"
    for seconds in (6.0, 2.5):
        assert window.session is None or said not in window.session.check.advice.text()
        engine.advance(seconds)
        poll(window)
    assert window.session is not None
    check = window.session.check
    assert check.advice.text().splitlines()[0] == said
    assert check.blinks.text().startswith("Blink 3 times: 3 seen on ") and not check.blinks.passed
    engine.grades(good=False)
    poll(window)
    assert check.advice.text().splitlines()[0] == said and "C4 off: flat" in check.advice.text()
    engine._source._order.sort()  # the plugs are put right
    engine.advance(3.0)
    poll(window)
    assert said not in check.advice.text() and "C4 off: flat" in check.advice.text()
    assert check.blinks.passed
