"""The words of the field in plain language: help on hover in the window, and the glossary of the manual."""

import re
from dataclasses import dataclass

from nfb.model.errors import nearest


@dataclass(frozen=True, slots=True)
class Entry:
    """A term, what it means in a sentence or two, and other words for it (plurals need none)."""

    term: str
    text: str
    also: tuple[str, ...] = ()


# One entry a paragraph: the term, other words for it, and what it means.
_TEXT = """
adapted | stand-in: On a headset without the protocol's own sites others stand in for them. Sessions on stand-ins are
  labelled, and are not compared with those on the own sites.
alpha: The rhythm of 8 to 13 waves a second, largest over the back of the head. It grows when the eyes close or the
  mind rests, and fades with effort and with sleep.
amplitude | amplitude envelope | envelope: How large a rhythm is at the moment, in microvolts: half the height from
  trough to crest of its waves.
artefact | artifact: Anything in the signal that does not come from the brain: blinks, muscle, movement, loose
  electrodes, mains. While one lasts nothing is rewarded or learned, and the clock stands still.
asymmetry | balance: How much larger a rhythm is on the right than on the left, as a difference of logarithms: 0 is
  even, above 0 is more on the right.
average reference: The mean of all channels is subtracted from each. Needs at least eight channels in good contact.
band | frequency band: A range of frequencies that is looked at together, such as 8 to 12 Hz.
baseline: The first minutes, at rest and without feedback. Thresholds come from them, and later runs are compared
  with them.
baseline percentile | baseline_percentile: A threshold that a chosen share of the clean baseline would have passed.
  It then stays where it is, so that a higher score means a changed signal.
baseline z | baseline_z: A threshold so many standard deviations from the mean of the clean baseline, always on the
  harder side if the number is above 0.
beta: Rhythms of 13 to 30 waves a second. They are small at the scalp, and muscle is often larger.
blink: A blink moves the electric field of the eyes and shows on frontal electrodes as a slow hump many times larger
  than EEG. It looks like theta or delta, so it is held.
cfir: A way to estimate a band's amplitude: a complex filter that takes all frequencies as equally strong. Simple,
  and less accurate at the same delay than the one made for the person's spectrum.
channel: One row of the recording: the voltage between an electrode and the reference.
check | signal check: The signal check: every site that is needed should have good contact first.
chime: A short sound at each reward.
clean | clean time | clean signal: Without an artefact and with good contact. Only clean time is counted, rewarded
  and learned from.
coherence | coupling | synchrony: How steadily two sites go together in a band, from 0 to 1, averaged over some
  seconds.
condition: One demand on one feature: above or below its threshold. All conditions have to be met at once.
contact | poor contact: How well an electrode touches the skin. With poor contact it shows hum and drift instead of
  EEG: moisten, press, part the hair.
course: The whole series of sessions. Learning is judged over a course, not by one session.
course target | personal course target: A threshold from the first session of a course that is kept, and raised a
  little after a session that went well. Each change is logged.
crossover: The moment, with eyes closed, at which theta becomes larger than alpha, on the way from waking to sleep.
delta: The slowest rhythm, below 4 waves a second: large in deep sleep. Blinks and movement look like it.
derivation: Which voltage is looked at: an electrode minus its reference. Another reference makes another signal.
drift: A slow wandering of the voltage, from sweat or a drying electrode. It is filtered out.
drowsy | drowsiness: Alpha fades and slow waves grow: sleep is near. With eyes closed the guard then holds the
  reward.
dwell | dwell time: How long all conditions must be met without a break before a reward is given. It keeps out
  flicker.
EEG: Electroencephalogram: the voltage that the working brain leaves at the scalp, some millionths of a volt.
electrode | sensor: What touches the skin and picks up the voltage.
epoch: A piece of the recording cut out around a marker.
estimator: The way in which a band's amplitude is found from the samples that have come so far. All of them trade
  delay against accuracy.
expected rate | joint expected rate | expected reward: The share of the clean baseline in which all conditions would
  have been met at once. Aim for 40 to 80 %.
fall back | fallen back: After a reward the feature has to leave its range by a little before the next one can
  begin, where a protocol asks for it.
feature: The number that is trained, computed some fifty times a second: an amplitude, a ratio, a balance.
feedback | neurofeedback: What the client sees and hears of the own signal, as soon as it can be told.
fft: A way to estimate a band's amplitude from the spectrum of the last second. Widely used, and half a second late.
filter: Arithmetic that lets some frequencies pass and stops others. Every filter costs delay.
fixed | fixed value: A threshold with a value that was typed in and does not change.
flat signal | flat: The voltage does not change at all: the electrode is off, or the amplifier sleeps.
gap | samples lost | lost samples: Samples that never arrived. They are marked, not invented, and nothing is
  rewarded across them.
gradient | jump: The largest change from one sample to the next. EEG changes little in four thousandths of a second;
  what jumps is no EEG.
ground: The electrode that the amplifier rests its own zero on. With poor contact there every channel hums.
guard: A watch that holds the reward while an artefact lasts. It is hygiene, not training: the client is not scored
  on it.
high beta: Fast rhythms of 20 to 32 waves a second. A tense jaw or neck looks like them.
hold | held: A time that does not count, because an artefact lasts or has just ended: the feedback rests at neutral.
hop: The small step of some 20 thousandths of a second at which everything is computed and decided.
iir: A way to estimate a band's amplitude with a classic recursive filter. Its delay cannot be chosen.
imaginary coherence | imaginary_coherence: Coherence without what reaches both sites at the same moment, such as a
  shared reference or one strong source between them.
impedance | resistance: The resistance between electrode and skin, in kiloohm. Few headsets can measure it.
in range | time in range: All conditions are met at this moment.
individual alpha frequency | IAF | alpha peak: Where a person's alpha has its peak, between 7 and 13 Hz, found with
  eyes closed. Bands can be laid around it. Where there is no clear peak, the protocol's fixed band is used.
inhibit: A rhythm that must stay on its side of a threshold for a reward. It is trained and shown, as against a
  guard.
learning: A lasting change of the signal itself. A high score is not a proof of it.
loop delay | delay | latency: The time from a change at the electrode to the picture or sound that tells of it. A
  quarter of a second more weakened learning in a study, so it is kept short and shown.
mains | mains hum: The hum of 50 or 60 Hz from the wiring of the building. Poor contact makes it worse.
marker | mark: A point in time with a name, set by hand or by the program, and kept in the recording.
median: The middle value: half of all values lie below it. A few outliers do not move it.
microvolt | µV: A millionth of a volt, the unit of EEG.
montage: Which electrodes are used, and what is subtracted from what.
movement | head movement | motion: A movement of head or cable: large slow swings on many channels.
muscle: The electricity of tense muscles, mostly of jaw, forehead and neck. It reaches from 12 Hz upwards and looks
  like beta.
neutral: The middle position of the feedback, which says neither yes nor no.
no valid number: The device sent something that is not a number. It is held and left out.
notch: A filter that takes out one frequency, that of the mains.
pause: Everything stands still until somebody resumes; the recording runs on.
percentile: The value below which a given share of all values lies: half of them lie below the 50th.
phase: Where in its wave a rhythm stands at a moment: crest, trough, or between them.
phase locking | phase_locking: How steadily the waves of two sites keep their distance in time, whatever their size,
  from 0 to 1.
pop | electrode pop: A sudden jump of a single electrode that settles slowly: its contact slipped.
power | band power: The square of a rhythm's size, in µV². Doubling the amplitude makes it fourfold.
protocol: The full recipe of a training: sites, bands, conditions, guards and times, in one readable file.
quality | signal quality: How far a channel can be trusted at the moment, with the reason if it cannot.
rail | amplifier at its limit: The voltage stands at the end of what the amplifier can measure: usually an electrode
  without contact.
ratio | theta/beta: One feature divided by another; as a logarithm, how far they are apart.
raw EEG | raw: The signal as the device delivered it. It is recorded like this; filters serve the display.
recalibration | recalibrate: One correction of the thresholds in a session, if rewards are far too rare or far too
  frequent. It is logged.
recording: The file of a session. What is in it is exactly what was computed on.
reference | linked ears: The electrode, or the mean of some, against which all others are measured. Keep it the same
  over a course.
refractory | refractory time: The shortest time between two rewards.
relative | relative power: The share that a band has of the whole. It also moves when the other bands do.
replay: Running a recording again through the same decisions. Of our own recordings it gives the same to the last
  bit.
rest | break: A pause between two runs. Its clock runs on whatever the signal does.
reward | token: What is given when all conditions have been met for the dwell time: a sound, a token.
rhythm: A wave that repeats itself for a while. Also a way to estimate only that part of a band which is a rhythm,
  without the noise under it.
rolling percentile | rolling_percentile | automatic threshold | auto: A threshold that follows the last minute or
  two of clean signal. It keeps the score steady and so hides learning: it is labelled.
run: A stretch of training with feedback, usually two to five minutes of clean time.
sample | sampling rate: One number that the device measured; some hundreds come each second on every channel.
score: How often the conditions were met. Compare it only between sessions whose thresholds were made alike.
session: One visit: check, baseline, runs with rests between them, and the summary.
settling | filters settling: The first seconds, in which the filters fill and nothing can be told yet.
sham: Feedback that does not come from the person's trained signal, given without their knowing in studies, to see
  what expectancy alone does.
sidecar: A small text file beside a recording that says how it was made.
site: A named place on the head in the 10-10 system: letters for the region, odd numbers left, even right, z the
  middle.
smoothing: Averaging over time, which steadies a number and makes it late by as much.
SMR | sensorimotor rhythm: Sensorimotor rhythm: 12 to 15 waves a second over the top of the head, strong while the
  body is still.
spectrogram: The spectrum over time, strength shown as colour.
spectrum: How strong each frequency is in a stretch of signal.
stage: A part of a session: check, baseline, run, rest or transfer.
staircase: A threshold that goes up a little after success and down a little after none. It keeps the score steady
  and so hides learning: it is labelled.
target: The share of time in range that a threshold is made for, 65 % by default.
theta: The rhythm of 4 to 8 waves a second: near sleep, and over the middle of the front while one holds something
  in mind.
threshold: The value that a feature has to pass. By default it is taken from the clean baseline and then stays.
transfer | transfer run: A run without feedback: can it be done without help?
upper alpha: The faster part of alpha: from a person's alpha peak to 2 Hz above it.
valid time: Time that counts: clean, in contact, and not paused. The clocks of baseline and runs count it.
wiener: The usual way here to estimate a band's amplitude: a complex filter that leaves the least error for a
  person's own spectrum at the chosen delay.
"""


def _read(text: str) -> tuple[Entry, ...]:
    entries = []
    for paragraph in re.split(r"\n(?=\S)", text.strip()):
        head, _, meaning = paragraph.partition(": ")
        term, *also = head.split(" | ")
        entries.append(Entry(term, " ".join(meaning.split()), tuple(also)))
    return tuple(entries)


_ENTRIES = _read(_TEXT)

GLOSSARY: dict[str, Entry] = {entry.term: entry for entry in _ENTRIES}

_BY_WORD = {word.lower(): entry for entry in _ENTRIES for word in (entry.term, *entry.also)}
# The longest first, so that "high beta" is not taken for "beta".
_WORDS = re.compile(
    r"(?<!\w)(" + "|".join(re.escape(word) for word in sorted(_BY_WORD, key=len, reverse=True)) + r")s?(?!\w)",
    re.IGNORECASE,
)


def explain(word: str) -> Entry:
    """The entry for a term, another word for it, or its plural, whatever the case.

    Raises
    ------
    KeyError
        There is none; suggests the nearest.

    >>> explain("Thresholds").term, explain("iaf").term
    ('threshold', 'individual alpha frequency')
    """
    found = _WORDS.fullmatch(word.strip())
    if found is None:
        raise KeyError(f"'{word}' is not in the glossary{nearest(word, _BY_WORD)}")
    return _BY_WORD[found[1].lower()]


def terms_in(text: str) -> list[Entry]:
    """The entries whose words a text uses, each once, in the order of the text.

    >>> [entry.term for entry in terms_in("High beta stays below its threshold; beta does not.")]
    ['high beta', 'threshold', 'beta']
    """
    return list(dict.fromkeys(_BY_WORD[found[1].lower()] for found in _WORDS.finditer(text)))
