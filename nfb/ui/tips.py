"""What a newcomer is told during a first demo, one line at a time, each of which can be put away."""

from nfb.ui.language import tr


def tips() -> tuple[str, ...]:
    """Six lines, in the order in which they help."""
    return (
        tr(
            "The raw EEG runs from left to right. Hatched time is held: the words above say why, and it never counts."
        ),
        tr("Drag the marker on a bar to move its threshold; ↑ ↓ choose the bar, ← → move it by 2 %, Ctrl+Z undoes."),
        tr("Hold keeps the thresholds of the clean baseline. Auto follows the signal, and hides learning."),
        tr("M marks a moment, 1 to 9 say what it was, N writes a note. All of it goes into the recording."),
        tr("F11 shows the client's view on the whole screen; the small picture below the traces is its mirror."),
        tr("“Make it worse” lets you meet the alarms: blinks, muscle, lost contact, a drop-out, a lost link."),
    )
