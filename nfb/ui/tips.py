"""What a newcomer is told during a first demo, one line at a time, each of which can be put away."""

TIPS = (
    "The raw EEG runs from left to right. Hatched time is held: the words above it say why, and it never counts.",
    "Drag the marker on a bar to move its threshold; ↑ ↓ choose the bar, ← → move it by 2 %, Ctrl+Z takes it back.",
    "Thresholds come from clean signal and then stay. A change shows what share of time it would have let through.",
    "M marks a moment, 1 to 9 say what it was, N writes a note. All of it goes into the recording.",
    "F11 shows the client's view on the full screen; the small picture below the traces is its mirror.",
)
