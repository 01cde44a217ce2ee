"""One artefact policy: from a batch's measures to a cause per hop, with holds that outlast the artefact.

What an excursion is shows only as it goes on. So a hold begins with the first hop over a limit, under the name that
fits so far, and is renamed and lengthened as the shape becomes clear: a blink is slow and comes back within half a
second on the channels where blinks show; a pop jumps and stays; muscle jumps and does not stay; what stays on a
single electrode for seconds is the electrode.
"""

from nfb.dsp.artefacts import HoldTimes, Limits
from nfb.dsp.hop_batch import HopBatch
from nfb.model.hop import Cause
from nfb.session.findings import CLEAN, Found, Verdict, find

# The fastest change tells how large a jump can have been. A blink has grown to four times that a tenth of a second
# after it began, a jump has not, and only muscle has more than a seventh of its size at 30-45 Hz then.
_JUMP_SHOWS_S = 0.1
_JUMP_SHARE = 0.7
_JUMP_MUSCLE_SHARE = 0.15
_BLINK_S = 0.5
# Holds are made for 150 µV, half more than the default limit, and grow in proportion up to the longest.
_USUAL_PEAK = 1.5
_LONGEST_S = 2.0
_USUAL_MUSCLE = 2.0
_LONGEST_MUSCLE_S = 1.5
_ELECTRODE_S = 5.0
_ELECTRODE_PAUSE_S = 1.0


class _Excursion:
    """An artefact as far as it has been seen: hops over a limit, no more than _JUMP_SHOWS_S apart.

    Parameters
    ----------
    hop_s
        Length of a hop.
    """

    def __init__(self, hop_s: float) -> None:
        self._shows_hops = round(_JUMP_SHOWS_S / hop_s)
        self._blink_hops = round(_BLINK_S / hop_s)
        self.reset()

    def reset(self) -> None:
        self._age_hops = self._clean_hops = 0
        self._size_uv = self._jump_uv = 0.0
        self._jump_channel = -1
        self._pop_channel = -1
        self._slow_hops = 0  # how long the slow signal has been over its limit

    def clean_hop(self) -> None:
        """A hop without anything over a limit."""
        self._slow_hops = 0
        self._clean_hops += 1
        self._age_hops += 1
        if self._clean_hops > self._shows_hops:
            self.reset()

    def name(self, found: Found, muscle_before: bool) -> Verdict:
        """What it is, by its shape so far; `muscle_before` if the present hold is for muscle."""
        peak, step, slow, *of_muscle = found.ratios
        at_peak, at_step, at_slow, *at_muscle = found.channels
        muscle = max(of_muscle)
        if self._size_uv == 0.0:  # the first hop of it
            self._age_hops = 0
        self._clean_hops = 0
        self._size_uv = max(self._size_uv, found.size_uv)
        if found.jump_uv > self._jump_uv:
            self._jump_uv, self._jump_channel = found.jump_uv, found.at
        age_hops = self._age_hops
        self._age_hops += 1
        if found.broken[0] is not Cause.NONE:
            return found.broken
        if slow > 1.0:
            self._slow_hops += 1
            settled = self._shows_hops <= age_hops <= 2 * self._shows_hops
            if settled and at_slow == self._jump_channel and self._jumped(found):
                self._pop_channel = at_slow
            if self._pop_channel >= 0:
                return Cause.POP, self._pop_channel
            is_blink = found.together and not found.moving and self._slow_hops <= self._blink_hops
            return (Cause.BLINK if is_blink else Cause.AMPLITUDE), at_slow
        self._slow_hops = 0
        # A jump, too, has something at 30-45 Hz at first.
        if muscle > 1.0 and (age_hops >= self._shows_hops or muscle_before or max(peak, step) <= 1.0):
            return Cause.MUSCLE, at_muscle[of_muscle.index(muscle)]
        if step > 1.0:
            return Cause.GRADIENT, at_step
        if peak > 1.0:
            return Cause.AMPLITUDE, at_peak
        return Cause.MOTION, -1

    def _jumped(self, found: Found) -> bool:
        """Whether it is a jump that has neither grown nor come back."""
        least_uv, most_muscle_uv = _JUMP_SHARE * self._size_uv, _JUMP_MUSCLE_SHARE * self._size_uv
        return self._jump_uv >= least_uv and found.muscle_uv <= most_muscle_uv


class Holds:
    """Says for each hop whether its samples may be used, and why not.

    Parameters
    ----------
    limits
        Limits of all measures.
    times
        How long a hold outlasts each cause.
    """

    def __init__(self, limits: Limits, times: HoldTimes) -> None:
        self.limits = limits
        self._hold_hops = times.hops
        self._excursion = _Excursion(times.hop_s)
        self._longest_hops = round(_LONGEST_S / times.hop_s)
        self._longest_muscle_hops = round(_LONGEST_MUSCLE_S / times.hop_s)
        self._electrode_hops = round(_ELECTRODE_S / times.hop_s)
        self._electrode_pause_hops = round(_ELECTRODE_PAUSE_S / times.hop_s)
        self.forget()

    def forget(self) -> None:
        """The filters start anew: what was before does not hold any more."""
        self._left = 0
        self._held_for: Verdict = CLEAN
        self._excursion.reset()
        self._peak = 0.0  # largest multiple of the amplitude limit since the hold began
        self._alone_channel = -1
        self._alone_hops = self._since_alone_hops = 0

    def detect(self, batch: HopBatch) -> list[Found | None]:
        """What is wrong with each hop of a batch by itself; None where nothing is."""
        return find(batch, self.limits)

    def extend(self, found: Found | None) -> Verdict:
        """The verdict on a hop in the light of the hops before it."""
        self._since_alone_hops += 1
        if found is None:
            self._excursion.clean_hop()
            if self._left > 0:
                self._left -= 1
                return self._held_for
            self._peak = 0.0
            return CLEAN
        held_for = self._held_for[0] if self._left > 0 else Cause.NONE
        verdict = self._excursion.name(found, held_for is Cause.MUSCLE)
        # Eyelids and movements come with a little muscle of their own, which does not give them their name.
        if verdict[0] is Cause.MUSCLE and found.muscle <= 1.0 and held_for not in (Cause.NONE, Cause.MUSCLE):
            self._left = max(self._left, self._hold_hops[Cause.MUSCLE])
            return self._held_for
        if self._stays_on_electrode(found, verdict):
            verdict = (Cause.CONTACT, verdict[1])
        self._peak = max(self._peak, found.ratios[0])
        hops = self._length(found, verdict[0])
        # What first looked like a jump and turns out to be muscle need not be held like one.
        if hops >= self._left or (verdict[0] is Cause.MUSCLE and held_for is Cause.GRADIENT):
            self._left = hops
            self._held_for = verdict
        return verdict

    def drop_out(self, hops: int) -> None:
        """Samples were lost: hold the next `hops` hops."""
        self._left = max(self._left, hops)
        self._held_for = (Cause.DROPOUT, -1)

    def _length(self, found: Found, cause: Cause) -> int:
        """Hops that a hold outlasts this hop."""
        hops = self._hold_hops[cause]
        if cause in (Cause.BLINK, Cause.AMPLITUDE):
            return min(self._longest_hops, round(hops * max(1.0, self._peak / _USUAL_PEAK)))
        if cause is Cause.MUSCLE:
            return min(self._longest_muscle_hops, round(hops * max(1.0, found.muscle / _USUAL_MUSCLE)))
        return hops

    def _stays_on_electrode(self, found: Found, verdict: Verdict) -> bool:
        """Whether one electrode alone has been over its limits for seconds."""
        cause, channel = verdict
        if not found.alone or channel < 0 or cause is Cause.BLINK or found.broken[0] is not Cause.NONE:
            return False
        if channel != self._alone_channel or self._since_alone_hops > self._electrode_pause_hops:
            self._alone_hops = 0
        self._alone_channel = channel
        self._since_alone_hops = 0
        self._alone_hops += 1
        return self._alone_hops >= self._electrode_hops
