"""A recording that was cut off at any byte still opens, replays identically as far as it goes, and recovers."""

import gzip
import random
import shutil

import pytest

from nfb.engine.replaying import verify
from nfb.files.bids import layout_of
from nfb.files.recorder import Recorder
from nfb.files.recording import open_own_recording
from nfb.files.recover import recover
from nfb.model.commands import Mark, NextStage, Pause, Resume, SetThreshold

TROUBLE = "typical,lost-packets@3:0.008,lost-packets@4:0.1,stall@5:1.3,link-loss@8:4"
SCRIPT = {
    40: [Mark("a")],
    210: [NextStage()],
    250: [Pause(), Mark("b")],
    270: [Resume()],
    320: [SetThreshold(0, 3.0)],
}
N_CUTS = 12
N_HOPS = 500


class Interrupted(Recorder):
    """Keeps a copy of its files as they are when the session ends, before they are finished."""

    def finish(self, end_reason, summary=None):
        root = self.layout.root
        shutil.copytree(root, root.with_name("interrupted"))
        super().finish(end_reason, summary)


@pytest.fixture(scope="module")
def roots(tmp_path_factory, desk_at):
    """Folders of one session: as a kill in its last moment leaves it, and finished."""
    root = tmp_path_factory.mktemp("cuts") / "finished"
    desk_at(root).run(params={"scenario": TROUBLE}, script=SCRIPT, seconds=10, recorder=Interrupted)
    return {"finished": root, "interrupted": root.with_name("interrupted")}


def streams(root):
    layout = layout_of(root / "sub-A031/ses-001")
    return {"eeg": layout.eeg("eeg"), "journal": layout.journal, "feedback": layout.feedback}


def cut(root, picks, names):
    for name in names:
        path = streams(root)[name]
        with path.open("r+b") as file:
            file.truncate(picks.randrange(path.stat().st_size))


@pytest.mark.parametrize("names", [("eeg",), ("journal",), ("feedback",), ("eeg", "journal", "feedback")])
def test_what_is_left_replays_identically_before_and_after_recovery(roots, tmp_path, names):
    picks = random.Random(repr(names))
    compared = []
    for number in range(N_CUTS):
        root = tmp_path / str(number)
        shutil.copytree(roots["interrupted"], root)
        cut(root, picks, names)
        folder = root / "sub-A031/ses-001"
        before = verify(open_own_recording(folder))
        assert before.difference == ""
        assert before.identical
        (recovered,) = recover(root)
        assert recovered.folder == folder
        assert verify(open_own_recording(folder)) == before
        compared.append(before.n_hops)
    assert max(compared) > N_HOPS / 3, "what is left of a recording that was cut late is compared"


def test_a_finished_recording_that_was_cut_later_replays_as_far_as_it_goes(roots, tmp_path):
    picks = random.Random(8)
    for number, names in enumerate([("eeg",), ("journal",), ("feedback",), ("eeg", "journal", "feedback")] * 2):
        root = tmp_path / str(number)
        shutil.copytree(roots["finished"], root)
        cut(root, picks, names)
        verdict = verify(open_own_recording(root / "sub-A031/ses-001"))
        assert verdict.difference == ""
        assert verdict.identical
        assert recover(root) == []


def test_what_is_cut_off_is_all_that_is_not_compared(roots, tmp_path):
    """Samples up to second 8 of 10: the decisions up to second 8 are compared, not fewer."""
    root = tmp_path / "cut"
    shutil.copytree(roots["interrupted"], root)
    eeg = streams(root)["eeg"]
    with eeg.open("r+b") as file:
        file.truncate(4 * 8 * 2000 + 7)
    verdict = verify(open_own_recording(root / "sub-A031/ses-001"))
    assert verdict.identical
    # Every gap that is not spliced drops the unfinished hop before it.
    assert 400 - 4 <= verdict.n_hops <= 400


@pytest.mark.parametrize("name", ["eeg", "journal", "feedback"])
def test_a_changed_byte_is_found(roots, tmp_path, name):
    """The check can fail: what was written differs from what comes out again."""
    root = tmp_path / "changed"
    shutil.copytree(roots["finished"], root)
    path = streams(root)[name]
    if name == "eeg":
        data = bytearray(path.read_bytes())
        data[4 * 8 * 1900 + 4 * 2 + 2] ^= 0xFF  # C3 of sample 1900
        path.write_bytes(data)
    elif name == "journal":
        text = path.read_text()
        assert '"value":3.0' in text
        path.write_text(text.replace('"value":3.0', '"value":3.5'))
    else:
        lines = gzip.decompress(path.read_bytes()).decode().split("\n")
        number = next(i for i, line in enumerate(lines[1:], 1) if line.split("\t")[3] != "n/a")
        cells = lines[number].split("\t")
        cells[3] = repr(float(cells[3]) * (1 + 2**-52))
        lines[number] = "\t".join(cells)
        path.write_bytes(gzip.compress("\n".join(lines).encode()))
    verdict = verify(open_own_recording(root / "sub-A031/ses-001"))
    assert not verdict.identical
    assert verdict.difference
