"""How much of the time the overall reward stays at 30-85 %: every shelf protocol on every recorded person who was
recorded for long enough, and on simulated clients, with thresholds held and with automatic ones."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from overall_reward import CLIENTS, CRITERION, Kept, recorded, simulated
from recorded_people import CANNOT, PEOPLE, SHORTEST_SHOWN_S, SLOW, recordings_of

from nfb.files.shelf import list_protocols
from nfb.model.errors import MontageError, ProtocolError

NAMES = [path.stem for path in list_protocols()]


def show(who: str, name: str, held: Kept, auto: Kept) -> None:
    if held.shown_s < SHORTEST_SHOWN_S:
        print(f"{who:20s} {name:18s} shown {held.shown_s:4.0f} s: too short")
        return
    both = "  ".join(
        f"{way} run {100 * kept.run:3.0f} % minute {100 * kept.minute:3.0f} %"
        for way, kept in (("held:", held), ("auto:", auto))
    )
    print(f"{who:20s} {name:18s} shown {held.shown_s:4.0f} s  {both}  changes within runs {auto.changes}")


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("who", PEOPLE)
def test_recorded_people(shared_eeg: Path, who: str) -> None:
    files = recordings_of(shared_eeg, who)
    for name in NAMES:
        try:
            held, auto = (recorded(name, files, PEOPLE[who].baseline_s, auto=auto) for auto in (False, True))
        except (MontageError, ProtocolError):
            continue
        show(who, name, held, auto)
        assert all(n <= 1 for n in auto.changes)
        if auto.shown_s >= SHORTEST_SHOWN_S:
            wanted = CANNOT.get((who, name), (1.0, 1.0))
            assert (auto.run, auto.minute) == pytest.approx(wanted, abs=0.05)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("client", CLIENTS)
def test_simulated_clients(client: str) -> None:
    for name in NAMES:
        held, auto = (simulated(name, CLIENTS[client], auto=auto) for auto in (False, True))
        show(client, name, held, auto)
        assert all(n <= 1 for n in auto.changes)
        assert auto.run >= CRITERION
        assert auto.minute >= CRITERION or name == SLOW
