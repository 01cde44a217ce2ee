"""What the engine says of the headset and of itself; the window translates by these."""

ENGINE_WORDS: dict[str, str] = {
    "silent": "The headset sends no samples.",
    "rate": "The headset delivers {rate_hz} samples a second, not {declared_hz} as it declares: every band is off by "
    "{percent} %.",
    "look for rate": "Look for its setting, or for samples lost on the way.",
    "unexpected": "Unexpected error: {error}. What was recorded is kept.",
}
