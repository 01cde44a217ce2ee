"""Protocol files: TOML in, one frozen and fully checked :class:`~nfb.model.protocol.Protocol` out."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from nfb.files.protocol_checks import relations, sites_of
from nfb.files.protocol_problems import error, shape_problems, show
from nfb.files.protocol_schema import SCHEMA, FeatureTable, MontageTable, ProtocolTable, StagesTable
from nfb.model.errors import ProtocolError
from nfb.model.protocol import (
    Band,
    Condition,
    Course,
    Direction,
    Evidence,
    Eyes,
    Fallback,
    Feature,
    FeatureKind,
    Feedback,
    Guards,
    Montage,
    Protocol,
    Reference,
    Reward,
    Role,
    Stage,
    StageKind,
    Threshold,
    ThresholdRule,
)

# A protocol is a page of text; more than this is some other file.
_MOST_BYTES = 256 * 1024

# Share of the clean baseline that passes where the file does not say: 65 % keeps a reward informative without
# discouraging, and inhibits should rarely be what stands in its way.
_DEFAULT_TARGET = {"reward": 0.65, "inhibit": 0.9}


def load_protocol(path: Path | str) -> Protocol:
    """Read a protocol file.

    Parameters
    ----------
    path
        A TOML file, UTF-8.

    Raises
    ------
    ProtocolError
        The file cannot be read, or its content is not a protocol; one line per problem, each with file, key path,
        value, limit and way out.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise ProtocolError(f"{path}: there is no such file. Check the spelling and the folder.") from None
    except IsADirectoryError:
        raise ProtocolError(f"{path}: is a folder. Name the .toml file in it.") from None
    except (OSError, ValueError) as reason:
        said = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
        raise ProtocolError(f"{path}: cannot be read ({said}). Check the file's name and permissions.") from None
    if len(content) > _MOST_BYTES:
        raise ProtocolError(
            f"{path}: is larger than {_MOST_BYTES // 1024} KiB; this is not a protocol. Choose a .toml file."
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as reason:
        raise ProtocolError(
            f"{path}: byte {reason.start} is not UTF-8 text. Choose a .toml file, or save it as UTF-8."
        ) from None
    return parse_protocol(text, str(path))


def parse_protocol(text: str, name: str = "protocol") -> Protocol:
    """Turn the text of a protocol file into a protocol.

    Parameters
    ----------
    text
        TOML; kept verbatim in the result.
    name
        How error messages call the file.

    Raises
    ------
    ProtocolError
        As for :func:`load_protocol`; problems between keys are looked for once every key by itself is right.
    """
    data = _read_toml(text, name)
    _check_schema(data, name)
    try:
        table = ProtocolTable.model_validate(data)
    except ValidationError as found:
        raise error(name, shape_problems(found)) from None
    problems = relations(table)
    if problems:
        raise error(name, problems)
    return _protocol(table, text)


def default_delay_s(band_hz: tuple[float, float]) -> float:
    """Delay at which the envelope of a band is estimated, where the file does not say.

    Narrow bands need time to be told from their neighbours, wide ones do not; delay itself weakens training
    (Belinskaia 2020), so each class of band gets the shortest delay at which its envelope was still tracked well:

    ========================================= ======
    8 Hz wide or more                         0.05 s
    inside 7-13 Hz (alpha, upper alpha)       0.15 s
    5 Hz wide or more                         0.10 s
    3 Hz wide or less (SMR, beta 15-18)       0.25 s
    others (theta 4-8)                        0.20 s
    ========================================= ======

    >>> default_delay_s((10.0, 12.0)), default_delay_s((12.0, 15.0)), default_delay_s((22.0, 30.0))
    (0.15, 0.25, 0.05)
    """
    low, high = band_hz
    width = high - low
    if width >= 8:
        return 0.05
    if _is_alpha(band_hz):
        return 0.15
    if width >= 5:
        return 0.1
    return 0.25 if width <= 3 else 0.2


def default_dwell_s(band_hz: tuple[float, float] | None) -> float:
    """How long a band must stay in range for a reward, where the file does not say; None for a ratio.

    One dwell for all bands is wrong: wide bands flicker and would hardly ever be rewarded. These values gave 20 to
    40 rewards a minute at a 65 % target on synthetic EEG: 500 ms for alpha and upper alpha, 350 ms for SMR and
    narrow beta, 250 ms for theta and ratios, 200 ms for bands 8 Hz wide or more.

    >>> default_dwell_s((8.0, 12.0)), default_dwell_s((12.0, 15.0)), default_dwell_s(None)
    (0.5, 0.35, 0.25)
    """
    if band_hz is None:
        return 0.25
    low, high = band_hz
    if high - low >= 8:
        return 0.2
    if _is_alpha(band_hz):
        return 0.5
    return 0.25 if high <= 8 else 0.35


def _is_alpha(band_hz: tuple[float, float]) -> bool:
    """Inside the range in which the individual alpha peak is sought."""
    return band_hz[0] >= 7 and band_hz[1] <= 13


def _read_toml(text: str, name: str) -> dict[str, object]:
    start = "A protocol begins with schema = 1; copy one of the shipped files and change it."
    if not text.strip("\ufeff \t\r\n"):
        raise ProtocolError(f"{name}: is empty. {start}")
    if "\0" in text:
        raise ProtocolError(f"{name}: has a zero byte at character {text.index(chr(0))}; this is not a text file.")
    try:
        text.encode("utf-8")
        # Editors on Windows put a byte order mark first; TOML has none.
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except UnicodeEncodeError as reason:
        raise ProtocolError(f"{name}: character {reason.start} is half a letter. Save the file as UTF-8.") from None
    except tomllib.TOMLDecodeError as reason:
        raise ProtocolError(f"{name}: is not TOML: {reason}. Mend that line.") from None
    except ValueError as reason:  # a number of thousands of digits
        raise ProtocolError(f"{name}: has a number that cannot be read: {reason}") from None
    except RecursionError:
        raise ProtocolError(f"{name}: has lists nested too deep to be read. {start}") from None
    if not data:
        raise ProtocolError(f"{name}: has comments only. {start}")
    return data


def _check_schema(data: dict[str, object], name: str) -> None:
    """The schema decides what all else means, so it is judged first and alone."""
    if "schema" not in data:
        raise ProtocolError(f"{name}: schema: is missing: write schema = {SCHEMA} as the first line.")
    schema = data["schema"]
    if isinstance(schema, int) and not isinstance(schema, bool) and schema > SCHEMA:
        raise ProtocolError(
            f"{name}: schema = {show(schema)}: this file needs a newer nfb; this one reads {SCHEMA}. Update nfb."
        )
    if isinstance(schema, bool) or not isinstance(schema, int) or schema != SCHEMA:
        raise ProtocolError(f"{name}: schema = {show(schema)}: must be the number {SCHEMA}.")


def _protocol(table: ProtocolTable, text: str) -> Protocol:
    features = tuple(_feature(table, name, feature) for name, feature in table.features.items())
    conditions = tuple(
        Condition(
            feature=condition.feature,
            role=Role(condition.role),
            direction=Direction(condition.direction),
            threshold=Threshold(
                rule=ThresholdRule(condition.threshold.rule),
                target=condition.threshold.target or _DEFAULT_TARGET[condition.role],
                value=condition.threshold.value,
            ),
        )
        for condition in table.conditions
    )
    rewarded = next(c.feature for c in conditions if c.role is Role.REWARD)
    dwell_s = table.reward.dwell_s
    return Protocol(
        id=table.id,
        version=table.version,
        name=table.name,
        purpose=table.purpose,
        evidence=Evidence(
            level=table.evidence.level,
            summary=table.evidence.summary,
            limits=table.evidence.limits,
            references=tuple(Reference(entry.text, entry.doi) for entry in table.evidence.references),
        ),
        montage=_montage(table.montage),
        features=features,
        conditions=conditions,
        stages=_stages(table.stages),
        cautions=tuple(table.cautions),
        guards=Guards(**table.guards.model_dump()),
        reward=Reward(
            dwell_s=default_dwell_s(table.features[rewarded].band_hz) if dwell_s is None else dwell_s,
            refractory_s=table.reward.refractory_s,
            must_fall_back=table.reward.must_fall_back,
            fall_back=table.reward.fall_back,
        ),
        feedback=Feedback(**table.feedback.model_dump()),
        course=Course(**table.course.model_dump()),
        text=text,
    )


def _montage(table: MontageTable) -> Montage:
    return Montage(
        sites=tuple(table.sites),
        min_sites=len(table.sites) if table.min_sites is None else table.min_sites,
        reference=table.reference,
        fallbacks=tuple(Fallback(f.replace, f.reference or "", f.note.strip()) for f in table.fallbacks),
    )


def _feature(table: ProtocolTable, name: str, feature: FeatureTable) -> Feature:
    kind = FeatureKind(feature.kind)
    if feature.band_hz is None:
        return Feature(
            name=name,
            kind=kind,
            numerator=feature.numerator or "",
            denominator=feature.denominator or "",
            log=feature.log,
            smoothing_s=feature.smoothing_s,
        )
    return Feature(
        name=name,
        kind=kind,
        band=Band(feature.band_hz, feature.band_from_iaf_hz),
        sites=tuple(sites_of(table, feature)),
        left_sites=tuple(feature.left_sites or ()),
        relative_to_hz=feature.relative_to_hz,
        log=feature.log,
        estimator=feature.estimator,
        delay_s=default_delay_s(feature.band_hz) if feature.delay_s is None else feature.delay_s,
        taps_s=feature.taps_s,
        smoothing_s=feature.smoothing_s,
    )


def _stages(table: StagesTable) -> tuple[Stage, ...]:
    """Baseline, then runs with a rest between each two, then the transfer run if there is one."""
    eyes = Eyes(table.eyes)
    min_clean_s = min(60.0, table.baseline_s / 2) if table.min_clean_s is None else table.min_clean_s
    stages = [Stage(StageKind.BASELINE, "baseline", table.baseline_s, eyes, min_clean_s)]
    for number in range(1, table.runs + 1):
        if number > 1 and table.rest_s > 0:
            stages.append(Stage(StageKind.REST, f"rest-{number - 1}", table.rest_s, Eyes.OPEN))
        stages.append(Stage(StageKind.RUN, f"run-{number}", table.run_s, eyes))
    if table.transfer_s > 0:
        stages.append(Stage(StageKind.TRANSFER, "transfer", table.transfer_s, eyes))
    return tuple(stages)
