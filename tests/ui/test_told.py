"""What the layers below say with values is said in the person's language, with the same values."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from nfb import load_protocol, open_recording, run_session
from nfb.devices.catalogue import DEVICES
from nfb.devices.faults import Stage, driver_fault
from nfb.engine.rate_watch import rate_words
from nfb.model.commands import SetRuns
from nfb.model.errors import NfbError
from nfb.practice.dose import Dose, check_dose
from nfb.practice.effects import AdverseEffect, Effect, effect_banners
from nfb.practice.errors import ConflictError, FieldConflict
from nfb.practice.record import Stored
from nfb.practice.treatment_day import treatment_day
from nfb.practice.treatments import Step, TreatmentEvent, TreatmentKind
from nfb.session.refusals import Situation, refusal
from nfb.ui.told import templates, told

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Marking(QTranslator):
    """Puts every text between brackets, as a translation would put it into other words."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        self.asked.append(text)
        return f"[{text}]"

    def isEmpty(self) -> bool:  # noqa: N802
        return False


@pytest.fixture
def marked(qapp: QApplication) -> Iterator[Marking]:
    translator = Marking()
    qapp.installTranslator(translator)
    yield translator
    qapp.removeTranslator(translator)


def filled(template: str) -> str:
    """A template with values that look like those of a visit; words where words may stand."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    return template.format(**{name: f"/some place/{i}.5 x" for i, name in enumerate(names)})


@pytest.mark.parametrize("template", templates())
def test_every_sentence_stays_the_same_in_english(qapp: QApplication, template: str) -> None:
    assert told(filled(template)) == filled(template)


@pytest.mark.parametrize("template", templates())
def test_every_sentence_is_told_from_its_own_template(marked: Marking, template: str) -> None:
    told(filled(template))
    assert marked.asked[-1] == template  # its values that are words came before


def test_a_sentence_of_people_stays_as_they_wrote_it(qapp: QApplication) -> None:
    assert told("Ring Anna after three.") == "Ring Anna after three."
    assert told("") == ""


def test_what_stands_before_a_sentence_stays_and_lines_are_told_one_by_one(marked: Marking) -> None:
    empty, limits = "client.name: is empty. Fill it in.", "plan.runs = 99: must be from 1 to 20"
    assert told(empty) == "client.name: [is empty. Fill it in.]"
    assert told(f"{empty}\n{limits}") == f"client.name: [is empty. Fill it in.]\nplan.runs = 99: [{limits[16:]}]"
    assert told("/disk/a: b: cannot be written: No space left on device.") == (
        "/disk/a: b: [cannot be written: [no space left on device].]"  # a bracket has no capital
    )


def test_a_record_that_another_desk_changed_is_told_with_its_kind_and_fields(marked: Marking) -> None:
    error = ConflictError("plan", (FieldConflict("runs", 5, 6, 7), FieldConflict("note", "", None, "x")), object())
    assert told(str(error)) == (
        "[The [plan] was changed at another desk after you opened it ([runs: theirs 6, yours 7]; [note: theirs "
        "nothing, yours 'x']). Nothing was overwritten: look at both and save again.]"
    )


def test_a_fault_is_told_with_its_device_and_the_words_of_its_driver(marked: Marking) -> None:
    fault = driver_fault(DEVICES["cyton"], Stage.PREPARE, 1, "UNABLE_TO_OPEN", {"serial_port": "/dev/ttyUSB9"})
    assert told(fault.what) == "[Serial port /dev/ttyUSB9 is in use.]"
    assert told(fault.way_out) == (
        "[[Close every other program that uses it, wait a few seconds and connect again.] "
        "The driver says: UNABLE_TO_OPEN.]"
    )


def test_a_dongle_that_does_not_answer_is_not_taken_for_a_headset(marked: Marking) -> None:
    device = next(each for each in DEVICES.values() if each.link.name == "DONGLE")
    fault = driver_fault(device, Stage.PREPARE, 17, params={"serial_port": "COM3"})
    assert told(fault.what) == "[The dongle on COM3 does not answer.]"


def test_an_adverse_effect_is_told_with_the_words_of_the_effect(marked: Marking) -> None:
    twice = [Stored(n, 1, 1, AdverseEffect(Effect.HEADACHE, 2, NOON, visit=n)) for n in (1, 2)]
    (banner,) = effect_banners(twice)
    assert told(banner.text) == "[[headache] (2 or above) 2 times: change or stop, inform clinician.]"
    (serious,) = effect_banners([Stored(3, 1, 1, AdverseEffect(Effect.SEIZURE, 1, NOON))])
    assert told(serious.text) == "[Reported on 2026-03-02: [seizure]. Do not train; inform the clinician.]"


def test_limits_treatments_refusals_and_rates_are_told_with_their_numbers(marked: Marking) -> None:
    said = [excess.words for excess in check_dose(Dose(10, 360.0, 10.0), [], NOON, UTC)]
    event = TreatmentEvent(TreatmentKind.TMS, "TMS left", Step.GIVEN, date(2026, 3, 2), time(11, 30))
    said += [finding.words for finding in treatment_day([event], datetime(2026, 3, 2, 12, 0))]
    situation = Situation(None, 2, frozenset(), False, False, 0.0, 0.0, 3, lambda hz: "")
    said += [refusal(SetRuns(2, 60.0), situation), *rate_words(253.9, 250.0)]
    assert [told(words) for words in said] == [f"[{words}]" for words in said]
    assert "60 min of training in one day: 45 is the most, with a reason." in said
    assert "TMS left at 11:30: wait until 13:30." in said
    assert "2 runs: run 3 has begun already" in said
    assert any("every band is off by 2 %." in words for words in said)


def _missing(folder: Path) -> None:
    open_recording(folder / "gone.edf")


def _folder(folder: Path) -> None:
    open_recording(folder)


def _empty(folder: Path) -> None:
    (folder / "empty.edf").touch()
    open_recording(folder / "empty.edf")


def _letter(folder: Path) -> None:
    (folder / "letter.docx").write_bytes(b"PK\x03\x04 Dear Anna")
    open_recording(folder / "letter.docx")


def _table_without_rate(folder: Path) -> None:
    (folder / "table.csv").write_text("Fz,Cz\n" + "1.5,2.5\n" * 50)
    open_recording(folder / "table.csv")


def _damaged_session(folder: Path) -> None:
    recording, _ = run_session(load_protocol("smr-central"), "simulated", seconds=3, seed=1, out=folder)
    (session,) = folder.rglob("session.json")
    session.write_text(session.read_text()[:200])
    open_recording(recording.path)


def _recording_of_a_newer_nfb(folder: Path) -> None:
    recording, _ = run_session(load_protocol("smr-central"), "simulated", seconds=3, seed=1, out=folder)
    (session,) = folder.rglob("session.json")
    session.write_text(session.read_text().replace('"schema": 1', '"schema": 99', 1))
    open_recording(recording.path)


def _protocol_that_is_no_toml(folder: Path) -> None:
    (folder / "mine.toml").write_text("schema = 1\nname = Anna's")
    load_protocol(folder / "mine.toml")


def _protocol_without_content(folder: Path) -> None:
    (folder / "mine.toml").write_text("\n")
    load_protocol(folder / "mine.toml")


def _protocol_of_a_newer_nfb(folder: Path) -> None:
    (folder / "mine.toml").write_text("schema = 99\n")
    load_protocol(folder / "mine.toml")


REFUSED = (
    _missing, _folder, _empty, _letter, _table_without_rate, _damaged_session, _recording_of_a_newer_nfb,
    _protocol_that_is_no_toml, _protocol_without_content, _protocol_of_a_newer_nfb,
)  # fmt: skip


@pytest.mark.parametrize("act", REFUSED, ids=lambda act: act.__name__.strip("_"))
def test_why_a_file_is_refused_is_told_whole_after_its_name(
    marked: Marking, tmp_path: Path, act: Callable[[Path], None]
) -> None:
    with pytest.raises(NfbError) as refused:
        act(tmp_path)
    english, words = str(refused.value), told(str(refused.value))
    place, bracket, sentence = words.partition("[")
    assert bracket and sentence.endswith("]"), words
    assert not place or place.endswith(": ")
    assert words.replace("[", "").replace("]", "") == english.replace("[", "").replace("]", "")
    assert len(sentence) > 20, "a sentence, not its last word"
