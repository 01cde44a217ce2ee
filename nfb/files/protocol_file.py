"""Protocol files: TOML in, one frozen and fully checked :class:`~nfb.model.protocol.Protocol` out."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from nfb.files.file_words import FILE_WORDS
from nfb.files.protocol_checks import relations, sites_of
from nfb.files.protocol_defaults import (
    DEFAULT_TARGET,
    default_delay_s,
    default_dwell_s,
    default_min_clean_s,
    default_smoothing_s,
)
from nfb.files.protocol_problems import error, shape_problems, show
from nfb.files.protocol_schema import (
    SCHEMA,
    BlockTable,
    ConditionTable,
    FeatureTable,
    MontageTable,
    ProtocolTable,
    StagesTable,
)
from nfb.model.errors import ProtocolError
from nfb.model.protocol import (
    Band,
    Condition,
    Course,
    Crossover,
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
    Recalibrate,
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

PEAK_LABEL = "eyes-closed"


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
        raise ProtocolError(f"{path}: {FILE_WORDS['none']}") from None
    except IsADirectoryError:
        raise ProtocolError(f"{path}: {FILE_WORDS['folder']}") from None
    except (OSError, ValueError) as reason:
        said = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
        raise ProtocolError(f"{path}: {FILE_WORDS['not read'].format(reason=said)}") from None
    if len(content) > _MOST_BYTES:
        raise ProtocolError(f"{path}: {FILE_WORDS['large'].format(most=_MOST_BYTES // 1024)}")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as reason:
        raise ProtocolError(f"{path}: {FILE_WORDS['not UTF-8'].format(at=reason.start)}") from None
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
        raise error(name, shape_problems(found), data) from None
    problems = relations(table)
    if problems:
        raise error(name, problems, data)
    return _protocol(table, text)


def _read_toml(text: str, name: str) -> dict[str, object]:
    if not text.strip("\ufeff \t\r\n"):
        raise ProtocolError(f"{name}: {FILE_WORDS['empty']}")
    if "\0" in text:
        raise ProtocolError(f"{name}: {FILE_WORDS['zero byte'].format(at=text.index(chr(0)))}")
    try:
        text.encode("utf-8")
        # Editors on Windows put a byte order mark first; TOML has none.
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except UnicodeEncodeError as reason:
        raise ProtocolError(f"{name}: {FILE_WORDS['half a letter'].format(at=reason.start)}") from None
    except tomllib.TOMLDecodeError as reason:
        end = f"at the end, line {text.count(chr(10)) + 1}"
        where = str(reason).replace("at end of document", end)
        raise ProtocolError(f"{name}: {FILE_WORDS['not TOML'].format(where=where)}") from None
    except ValueError:  # Python refuses to convert so many digits
        raise ProtocolError(f"{name}: {FILE_WORDS['digits']}") from None
    except RecursionError:
        raise ProtocolError(f"{name}: {FILE_WORDS['nested']}") from None
    if not data:
        raise ProtocolError(f"{name}: {FILE_WORDS['comments']}")
    return data


def _check_schema(data: dict[str, object], name: str) -> None:
    """The schema decides what all else means, so it is judged first and alone."""
    if "schema" not in data:
        raise ProtocolError(f"{name}: schema: {FILE_WORDS['no schema'].format(schema=SCHEMA)}")
    schema = data["schema"]
    if isinstance(schema, int) and not isinstance(schema, bool) and schema > SCHEMA:
        raise ProtocolError(f"{name}: schema = {show(schema)}: {FILE_WORDS['newer'].format(schema=SCHEMA)}")
    if isinstance(schema, bool) or not isinstance(schema, int) or schema != SCHEMA:
        raise ProtocolError(f"{name}: schema = {show(schema)}: {FILE_WORDS['schema'].format(schema=SCHEMA)}")


def _protocol(table: ProtocolTable, text: str) -> Protocol:
    # A ratio is computed from features before it, whatever their order in the file.
    in_order = sorted(table.features.items(), key=lambda item: item[1].kind == "ratio")
    features = tuple(_feature(table, name, feature) for name, feature in in_order)
    conditions = tuple(
        Condition(
            feature=condition.feature,
            role=Role(condition.role),
            direction=Direction(condition.direction),
            threshold=_threshold(condition),
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
        recalibrate=None if table.recalibrate is None else Recalibrate(**table.recalibrate.model_dump()),
        feedback=Feedback(**table.feedback.model_dump()),
        course=Course(**table.course.model_dump()),
        crossover=None if table.crossover is None else Crossover(**table.crossover.model_dump()),
        text=text,
    )


def _montage(table: MontageTable) -> Montage:
    return Montage(
        sites=tuple(table.sites),
        min_sites=len(table.sites) if table.min_sites is None else table.min_sites,
        reference=table.reference,
        fallbacks=tuple(Fallback(f.replace, f.reference or "", f.note.strip(), f.adapted) for f in table.fallbacks),
    )


def _feature(table: ProtocolTable, name: str, feature: FeatureTable) -> Feature:
    kind = FeatureKind(feature.kind)
    smoothing_s = default_smoothing_s(feature.kind) if feature.smoothing_s is None else feature.smoothing_s
    if feature.band_hz is None:
        return Feature(
            name=name,
            kind=kind,
            numerator=feature.numerator or "",
            denominator=feature.denominator or "",
            log=feature.log,
            smoothing_s=smoothing_s,
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
        delay_s=default_delay_s(feature.band_hz, feature.slow) if feature.delay_s is None else feature.delay_s,
        taps_s=feature.taps_s,
        slow=feature.slow,
        smoothing_s=smoothing_s,
    )


def _threshold(condition: ConditionTable) -> Threshold:
    given = condition.threshold.model_dump(exclude_none=True, exclude={"rule", "target"})
    target = condition.threshold.target or DEFAULT_TARGET[condition.role]
    return Threshold(rule=ThresholdRule(condition.threshold.rule), target=target, **given)


def _stages(table: StagesTable) -> tuple[Stage, ...]:
    """Eyes closed for the alpha peak, then the blocks, then the transfer run; each of the three only if asked for."""
    stages = []
    if table.peak_s > 0:
        least_s = default_min_clean_s(table.peak_s)
        stages.append(Stage(StageKind.BASELINE, PEAK_LABEL, table.peak_s, Eyes.CLOSED, least_s, for_peak=True))
    n_runs = 0
    for number, block in enumerate((table, *table.then), 1):
        stages += _block(block, number, n_runs)
        n_runs += block.runs
    if table.transfer_s > 0:
        last = stages[-1]
        stages.append(Stage(StageKind.TRANSFER, "transfer", table.transfer_s, last.eyes, conditions=last.conditions))
    return tuple(stages)


def _block(table: BlockTable, number: int, n_before: int) -> Iterator[Stage]:
    """A baseline, then runs with a rest between each two; `n_before` runs came before them."""
    eyes, names = Eyes(table.eyes), tuple(table.conditions)
    min_clean_s = default_min_clean_s(table.baseline_s) if table.min_clean_s is None else table.min_clean_s
    label = "baseline" if number == 1 else f"baseline-{number}"
    yield Stage(StageKind.BASELINE, label, table.baseline_s, eyes, min_clean_s, names)
    if table.rest_after_baseline_s > 0:
        yield Stage(StageKind.REST, f"rest-{n_before}", table.rest_after_baseline_s, Eyes.OPEN, 0.0, names)
    for run in range(n_before + 1, n_before + table.runs + 1):
        if run > n_before + 1 and table.rest_s > 0:
            yield Stage(StageKind.REST, f"rest-{run - 1}", table.rest_s, Eyes.OPEN, 0.0, names)
        yield Stage(StageKind.RUN, f"run-{run}", table.run_s, eyes, 0.0, names)
