"""Comfort profiles: one choice per client that sets target, runs, feedback and sound; every value stays editable."""

from dataclasses import dataclass, replace

from nfb.practice.plans import Plan


@dataclass(frozen=True, slots=True)
class ComfortProfile:
    """A profile.

    Parameters
    ----------
    target
        Overall share in range to aim at, and the range it may be set in; None where the protocol fixes it.
    runs, run_s
        Runs of a visit (the larger number where a range is usual, `fewest_runs` the smaller) and seconds of each.
    feedback, sound
        Suggested display and sound; empty for the client's choice.
    brightness_floor
        Darkest the client's screen gets, share of full.
    luminance_slew_per_s
        Fastest change of luminance, full ranges per second.
    volume_floor
        Softest that feedback sound gets, share of the client's volume.
    client_paced
        The client ends the breaks.
    chimes, motion, client_numbers, operator_sounds
        Whether there are tones for rewards, moving pictures, numbers for the client, audible alerts for the operator.
    ring
        The client sees the time left of a run as a shrinking ring.
    locked
        Values are fixed by the protocol and may not be changed.
    remarks
        What to say or do.
    """

    key: str
    name: str
    target: float | None
    target_range: tuple[float, float]
    runs: int
    fewest_runs: int
    run_s: float
    feedback: str = ""
    sound: str = ""
    brightness_floor: float = 0.45
    luminance_slew_per_s: float = 0.5
    volume_floor: float = 0.4
    client_paced: bool = True
    chimes: bool = True
    motion: bool = True
    client_numbers: bool = False
    operator_sounds: bool = True
    ring: bool = False
    locked: bool = False
    remarks: tuple[str, ...] = ()


PHOTOSENSITIVE = "photosensitive"

PROFILES: dict[str, ComfortProfile] = {
    profile.key: profile
    for profile in (
        ComfortProfile("standard", "Standard", 0.65, (0.5, 0.8), 5, 5, 300.0),
        ComfortProfile(
            "low_energy",
            "Low energy / low mood",
            0.75,
            (0.75, 0.8),
            4,
            3,
            240.0,
            feedback="scene",
            remarks=("Calm scene or own film, no numbers.", "Say: you can stop at any time."),
        ),
        ComfortProfile(
            "sensitive",
            "Sensitive / anxious",
            0.75,
            (0.7, 0.8),
            4,
            4,
            240.0,
            feedback="scene",
            sound="soundscape",
            brightness_floor=0.7,
            luminance_slew_per_s=0.3,
            chimes=False,
            operator_sounds=False,
            remarks=("Slow fades, no dark screen.",),
        ),
        ComfortProfile(
            "child",
            "Child",
            0.7,
            (0.7, 0.75),
            6,
            6,
            180.0,
            feedback="film",
            ring=True,
            remarks=(
                "One sentence of instruction.",
                "A shrinking ring for the time.",
                "A sticker whatever the result.",
            ),
        ),
        ComfortProfile(
            PHOTOSENSITIVE,
            "Photosensitive",
            0.65,
            (0.5, 0.8),
            5,
            5,
            300.0,
            feedback="sound",
            sound="soundscape",
            brightness_floor=0.7,
            luminance_slew_per_s=0.3,
            motion=False,
            remarks=("A film of the client's own may flash by itself: say so, or leave it out.",),
        ),
        ComfortProfile(
            "research",
            "Research",
            None,
            (0.0, 1.0),
            5,
            1,
            300.0,
            client_paced=False,
            operator_sounds=True,
            locked=True,
            remarks=("Target, runs and feedback are fixed by the protocol; markers go to the file.",),
        ),
    )
}


def is_fixed(plan: Plan) -> bool:
    """Whether the plan's profile leaves target, runs and feedback to the protocol."""
    profile = PROFILES.get(plan.comfort)
    return profile is not None and profile.locked


def with_profile(plan: Plan, key: str) -> Plan:
    """The plan with a profile's values; under a locked one only its name changes.

    Raises
    ------
    KeyError
        There is no such profile.
    """
    profile = PROFILES[key]
    if profile.locked:
        return replace(plan, comfort=key)
    return replace(
        plan,
        comfort=key,
        target=plan.target if profile.target is None else profile.target,
        runs=profile.runs,
        run_s=profile.run_s,
        client_ends_break=profile.client_paced,
        feedback=profile.feedback or plan.feedback,
        sound=profile.sound or plan.sound,
    )
