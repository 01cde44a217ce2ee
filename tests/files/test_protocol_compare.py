"""Two protocols compared value by value."""

from dataclasses import replace

from nfb.files.protocol_compare import Difference, differences
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.protocol import Band, Guards

SMR = load_protocol(find_protocol("smr-central"))


def test_a_protocol_does_not_differ_from_another_version_that_says_the_same() -> None:
    assert differences(SMR, replace(SMR, version=9)) == ()


def test_each_changed_value_is_one_difference() -> None:
    smr = replace(SMR.features[0], band=Band((12.0, 16.0)))
    other = replace(SMR, features=(smr, *SMR.features[1:]), guards=Guards(blink_uv=None))
    found = differences(SMR, other)
    assert Difference(("features", "smr", "band_hz"), [12.0, 15.0], [12.0, 16.0]) in found
    assert Difference(("guards", "blink_uv"), None, False) in found
    # 0.25 s is the default at 12-15 Hz and is not at 12-16 Hz, so it has to be said there.
    assert Difference(("features", "smr", "delay_s"), None, 0.25) in found
    assert len(found) == 3


def test_a_condition_more_does_not_shift_the_others() -> None:
    fewer = replace(SMR, conditions=(SMR.conditions[0], SMR.conditions[2]))
    assert {found.path[:2] for found in differences(SMR, fewer)} == {("conditions", "theta")}
    assert all(found.after is None for found in differences(SMR, fewer))
