"""What is said of an LSL stream that is gone or different; the window translates by these."""

LSL_WORDS: dict[str, str] = {
    "ended": "The LSL stream has ended or cannot be reached.",
    "silent": "No samples for {n} s.",
    "not seen": "The LSL stream '{stream}' is not seen.",
    "start in amplifier": "Start it again in the amplifier's software.",
    "other": "The LSL stream '{stream}' came back with {n} channels at {hz} Hz, not {n_before} at {hz_before} Hz.",
    "set as before": "Set the amplifier's software as it was.",
    "out of reach": "The LSL stream '{stream}' was seen but cannot be reached.",
    "firewall": "Look whether a firewall stands between, and start the stream again.",
    "no answer": "The LSL stream '{stream}' does not answer.",
    "start again": "Start it again in its software.",
    "begun": "LSL stream '{stream}' on {host}; clock offset {ms} ms",
    "none named, computer": "No LSL stream named '{stream}' on this computer; seen: {seen}.",
    "none named, network": "No LSL stream named '{stream}' on the network; seen: {seen}.",
    "none, computer": "No LSL stream of type EEG on this computer; seen: {seen}.",
    "none, network": "No LSL stream of type EEG on the network; seen: {seen}.",
    "none seen": "none",
    "start, or network": "Start streaming in the amplifier's software, or give --param scope=network if it runs "
    "elsewhere.",
    "start": "Start streaming in the amplifier's software.",
}
