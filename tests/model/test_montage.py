"""Sites of the 10-10 system, and which headset can run what."""

from dataclasses import replace
from pathlib import Path

import pytest

from nfb.devices.catalogue import DEVICES, device_info
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol, list_protocols
from nfb.model.errors import MontageError
from nfb.model.montage import Fit, fit_montage, site_key
from nfb.session.setup import make_setup

# The headsets with channels that sit at known places or have usual ones, as the catalogue names them.
NAMED = (
    "muse-2",
    "brainbit",
    "enophone",
    "crown",
    "notion-2",
    "unicorn",
    "cyton",
    "cyton-daisy",
    "brainalive",
    "aavaa-v3",
)
HEADSETS = {
    "Muse": "TP9 AF7 AF8 TP10",
    "BrainBit": "T3 T4 O1 O2",
    "Enophone": "A2 A1 C4 C3",
    "Crown": "CP3 C3 F5 PO3 PO4 F6 C4 CP4",
    "Notion 2": "CP5 F5 C3 CP3 CP6 F6 C4 CP4",
    "Unicorn": "Fz C3 Cz C4 Pz PO7 Oz PO8",
    "Cyton": "Fp1 Fp2 C3 C4 P7 P8 O1 O2",
    "Cyton+Daisy": "Fp1 Fp2 C3 C4 P7 P8 O1 O2 F7 F8 F3 F4 T7 T8 P3 P4",
    "BrainAlive": "F7 FT7 T7 CP5 Cz C6 FC6 F4",
}


def fit(protocol: str, channels: str) -> Fit:
    return fit_montage(load_protocol(find_protocol(protocol)), tuple(channels.split()))


# ✓ the protocol's sites, a others stand in (labelled), - not possible; with electrodes at their usual places.
FITS = """
                  muse-2 brainbit enophone crown notion-2 unicorn cyton cyton-daisy brainalive aavaa-v3
faa-alay          a      -        -        a     a        -       -     ✓           -          -
beta-left         a      -        -        a     a        -       -     ✓           -          -
beta-left-then-at -      -        -        a     -        -       -     ✓           -          -
beta-theta-left   a      -        -        a     a        -       -     ✓           -          -
hbeta-down        -      -        -        a     a        a       -     ✓           -          -
ua-posterior      a      ✓        a        a     a        ✓       ✓     ✓           -          a
alpha-closed      a      ✓        a        a     a        ✓       ✓     ✓           -          a
alpha-p4          a      a        -        a     a        a       a     ✓           -          -
alpha-down-pz     -      -        -        a     a        ✓       -     a           -          -
muse-alpha        ✓      -        -        -     -        -       -     -           -          -
alpha-theta       a      ✓        -        a     -        ✓       ✓     ✓           -          -
smr-central       -      -        ✓        ✓     ✓        ✓       ✓     ✓           a          -
smr-sleep         -      -        ✓        ✓     ✓        ✓       ✓     ✓           a          -
smr-cz            -      -        ✓        ✓     ✓        ✓       ✓     ✓           ✓          -
tbr-cz            -      -        a        a     a        ✓       a     a           ✓          -
tbr-cz-both       -      -        a        a     a        ✓       a     a           ✓          -
beta1-cz          -      -        a        a     a        ✓       a     a           ✓          -
fm-theta          -      -        -        -     -        ✓       -     -           -          -
"""


def test_which_headset_can_run_what() -> None:
    header, *rows = FITS.strip().splitlines()
    assert header.split() == list(NAMED)
    assert sorted(row.split()[0] for row in rows) == sorted(path.stem for path in list_protocols())
    table = [header]
    for name in (row.split()[0] for row in rows):
        cells = (f"{_fits(name, device):{len(device)}}" for device in NAMED)
        table.append(f"{name:18}{' '.join(cells)}".rstrip())
    assert "\n".join(table) == "\n".join([header, *rows])


@pytest.mark.parametrize("path", list_protocols(), ids=lambda path: path.stem)
def test_two_electrodes_or_more_placed_by_hand_at_the_right_sites_and_named_so_fit_exactly(path: Path) -> None:
    protocol = load_protocol(path)
    by_hand = [device for device in DEVICES.values() if not device.sites_named and len(device.channel_names) > 1]
    assert len(by_hand) > 20
    for device in by_hand:
        n_channels = len(device.channel_names)
        names = (*protocol.montage.sites, *(f"X{i}" for i in range(n_channels)))[:n_channels]
        info = replace(device_info(device, {}), channel_names=names)
        assert not make_setup(protocol, info).fit.adapted, device.name


def _fits(protocol: str, device: str) -> str:
    """With the band and rate checks of a set-up."""
    try:
        setup = make_setup(load_protocol(find_protocol(protocol)), device_info(DEVICES[device], {}))
    except MontageError:
        return "-"
    return "a" if setup.fit.adapted else "✓"


@pytest.mark.parametrize(
    ("protocol", "headset", "sites"),
    [
        ("ua-posterior", "BrainBit", "O1 O2"),
        ("ua-posterior", "Unicorn", "Pz"),
        ("ua-posterior", "Cyton", "O1 O2"),
        ("ua-posterior", "Cyton+Daisy", "P3 P4 O1 O2"),
        ("smr-central", "Enophone", "C3 C4"),
        ("smr-central", "Crown", "C3 C4"),
        ("smr-central", "Notion 2", "C3 C4"),
        ("smr-central", "Unicorn", "C3 C4"),
        ("smr-central", "Cyton", "C3 C4"),
        ("smr-central", "Cyton+Daisy", "C3 C4"),
        ("faa-alay", "Cyton+Daisy", "F4"),
        ("muse-alpha", "Muse", "TP9 TP10"),
    ],
)
def test_exact_sites(protocol: str, headset: str, sites: str) -> None:
    placed = fit(protocol, HEADSETS[headset])
    assert not placed.adapted
    assert placed.features[0].sites == tuple(sites.split())
    assert placed.reference == "device"


@pytest.mark.parametrize(
    ("protocol", "headset", "sites"),
    [
        ("ua-posterior", "Muse", "TP9 TP10"),
        ("ua-posterior", "Enophone", "C3 C4"),
        ("ua-posterior", "Crown", "PO3 PO4"),
        ("ua-posterior", "Notion 2", "CP3 CP4"),
        ("smr-central", "BrainAlive", "Cz"),
        ("faa-alay", "Muse", "AF8"),
        ("faa-alay", "Crown", "F6"),
        ("faa-alay", "Notion 2", "F6"),
    ],
)
def test_adapted_sites_are_labelled(protocol: str, headset: str, sites: str) -> None:
    placed = fit(protocol, HEADSETS[headset])
    assert placed.adapted
    assert placed.features[0].sites == tuple(sites.split())
    assert all(site in placed.note for site in sites.split())


@pytest.mark.parametrize(
    ("protocol", "headset"),
    [
        ("ua-posterior", "BrainAlive"),
        ("smr-central", "Muse"),
        ("smr-central", "BrainBit"),
        ("faa-alay", "BrainBit"),
        ("faa-alay", "Enophone"),
        ("faa-alay", "Unicorn"),
        ("faa-alay", "Cyton"),
        ("faa-alay", "BrainAlive"),
        ("muse-alpha", "Cyton"),
    ],
)
def test_impossible_sites_are_refused(protocol: str, headset: str) -> None:
    with pytest.raises(MontageError, match=f"{protocol}: montage.sites: needs "):
        fit(protocol, HEADSETS[headset])


def test_the_refusal_says_what_is_wanted_what_there_is_and_what_to_do() -> None:
    with pytest.raises(MontageError) as caught:
        fit("faa-alay", HEADSETS["Cyton"])
    assert str(caught.value) == (
        "faa-alay: montage.sites: needs F3, F4 or F5, F6 or AF7, AF8; this headset has Fp1, Fp2, C3, C4, P7, P8, "
        "O1, O2. Choose a protocol for these sites, or name the channels after where the electrodes are."
    )


def test_electrodes_placed_elsewhere_and_named_so_make_it_fit() -> None:
    placed = fit("faa-alay", "F3 F4 C3 C4 P7 P8 O1 O2")
    assert not placed.adapted
    assert placed.channels == (0, 1)


def test_on_a_muse_the_balance_is_taken_against_the_mean_of_both_ears() -> None:
    placed = fit("faa-alay", HEADSETS["Muse"])
    assert placed.reference == (0, 3)  # TP9 and TP10
    assert (placed.features[0].sites, placed.features[0].left_sites) == (("AF8",), ("AF7",))
    assert placed.channels == (0, 1, 2, 3)


def test_two_sites_that_stand_in_for_one_are_averaged_and_both_must_be_there() -> None:
    placed = fit("tbr-cz", HEADSETS["Crown"])
    assert placed.adapted
    assert placed.note == "C3 and C4 stand in for Cz"
    assert [feature.sites for feature in placed.features[:2]] == [("C3", "C4")] * 2
    assert placed.channels == (1, 6)
    with pytest.raises(MontageError, match="needs Cz or C3, C4; this headset has C3, Pz"):
        fit("tbr-cz", "C3 Pz")


def test_sites_that_the_sources_used_as_well_are_not_called_adapted() -> None:
    placed = fit("alpha-theta", HEADSETS["BrainBit"])
    assert (placed.adapted, placed.note, placed.features[0].sites) == (False, "", ("O1",))
    unicorn = fit("fm-theta", HEADSETS["Unicorn"])
    assert (unicorn.adapted, unicorn.features[0].sites) == (False, ("Fz", "Cz"))
    with pytest.raises(MontageError):
        fit("fm-theta", "FCz FC1 FC2 Cz")  # Fz is what matters


def test_without_a_note_the_stand_ins_are_listed() -> None:
    protocol = load_protocol(find_protocol("tbr-cz"))
    bare = replace(protocol.montage.fallbacks[0], note="")
    bare_protocol = replace(protocol, montage=replace(protocol.montage, fallbacks=(bare,)))
    assert fit_montage(bare_protocol, ("C3", "C4")).note == "adapted: C3 and C4 for Cz"


def test_half_a_pair_is_no_pair() -> None:
    with pytest.raises(MontageError):
        fit("faa-alay", "AF7 AF8 TP9")  # the reference lacks an ear
    with pytest.raises(MontageError):
        fit("faa-alay", "F3 C4 O1 O2")


def test_sites_come_back_as_the_headset_spells_them() -> None:
    placed = fit("smr-central", "EEG-Fz c3. EEG_C4-REF")
    assert placed.features[0].sites == ("c3.", "EEG_C4-REF")
    assert placed.channels == (1, 2)


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("Fc5.", "FC5"),
        ("EEG Fpz-Ref", "FPZ"),
        ("EEG F4-LE", "F4"),
        (" cz ", "CZ"),
        ("T3", "T7"),
        ("T6", "P8"),
        ("M1", "A1"),
    ],
)
def test_spellings_of_one_site_meet(spelling: str, key: str) -> None:
    assert site_key(spelling) == key
