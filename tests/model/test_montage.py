"""Sites of the 10-10 system, and which headset can run what."""

import pytest

from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.errors import MontageError
from nfb.model.montage import Fit, fit_montage, site_key

# Channels as the devices deliver them, in their order.
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
        "faa-alay: montage.sites: needs F3, F4 or F5, F6 or AF7, AF8; this headset has Fp1, Fp2, C3, C4, P7, P8, O1, O2. "
        "Choose a protocol for these sites, or name the channels after where the electrodes are."
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
