"""What a newcomer is told during a first demo, one line at a time, each of which can be put away."""

from nfb.ui.keys_in_force import key_of
from nfb.ui.language import tr


def tips() -> tuple[str, ...]:
    """Six lines, in the order in which they help."""
    return (
        tr(
            "The raw EEG runs from left to right. Hatched time is held: the words above say why, and it never counts."
        ),
        tr(
            "Drag the marker on a bar to move its threshold; {up} {down} choose the bar, {less} {more} move it "
            "by 2 %, {undo} undoes.",
            up=key_of("condition_up"),
            down=key_of("condition_down"),
            less=key_of("threshold_down"),
            more=key_of("threshold_up"),
            undo=key_of("undo"),
        ),
        tr("Hold keeps the thresholds of the clean baseline. Auto follows the signal, and hides learning."),
        tr(
            "{mark} marks a moment, 1 to 9 say what it was, {note} writes a note. All of it goes into the recording.",
            mark=key_of("mark"),
            note=key_of("note"),
        ),
        tr(
            "{key} shows the client's view on the whole screen; the small picture below the traces is its mirror.",
            key=key_of("client_full_screen"),
        ),
        tr("“Make it worse” lets you meet the alarms: blinks, muscle, lost contact, a drop-out, a lost link."),
    )
