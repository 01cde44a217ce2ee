"""The shape of a protocol file, ``schema = 1``: keys, types and ranges, checked by pydantic at the door.

What a key means is told in :mod:`nfb.model.protocol`; how keys must agree with one another is checked in
:mod:`nfb.files.protocol_checks`. Every field without a default carries an example for the error message.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator

from nfb.dsp.estimators import ESTIMATORS
from nfb.files.problem_words import PROBLEM_WORDS
from nfb.model.errors import nearest

SCHEMA = 1

# Below 0.5 Hz the DC block removes the signal; above 100 Hz scalp EEG is muscle and mains.
BAND_LIMITS_HZ = (0.5, 100.0)
# A second of signal cannot tell two frequencies apart that are closer than this.
MIN_BAND_WIDTH_HZ = 1.0
# The alpha peak is sought from 7 to 13 Hz; with these offsets every edge stays inside BAND_LIMITS_HZ.
IAF_OFFSET_LIMITS_HZ = (-6.0, 20.0)

_SITE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,7}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")


def _pair(value: object) -> tuple[float, float] | None:
    """Two finite numbers, or None."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    if any(isinstance(edge, bool) or not isinstance(edge, int | float) for edge in value):
        return None
    if any(not -1e6 < edge < 1e6 for edge in value):  # also False for NaN
        return None
    return float(value[0]), float(value[1])


def _band(value: object) -> tuple[float, float]:
    band = _pair(value)
    if band is None:
        raise ValueError(PROBLEM_WORDS["band"])
    least, most = BAND_LIMITS_HZ
    if band[0] < least:
        raise ValueError(PROBLEM_WORDS["lower edge"].format(limit=f"{least:g}"))
    if band[1] > most:
        raise ValueError(PROBLEM_WORDS["upper edge"].format(limit=f"{most:g}"))
    if band[1] - band[0] < MIN_BAND_WIDTH_HZ:
        raise ValueError(PROBLEM_WORDS["narrow"].format(limit=f"{MIN_BAND_WIDTH_HZ:g}"))
    return band


def _iaf_band(value: object) -> tuple[float, float]:
    band = _pair(value)
    if band is None:
        raise ValueError(PROBLEM_WORDS["peak band"])
    least, most = IAF_OFFSET_LIMITS_HZ
    if band[0] < least or band[1] > most:
        raise ValueError(PROBLEM_WORDS["peak edges"].format(low=f"{least:g}", high=f"{most:g}"))
    if band[1] - band[0] < MIN_BAND_WIDTH_HZ:
        raise ValueError(PROBLEM_WORDS["narrow"].format(limit=f"{MIN_BAND_WIDTH_HZ:g}"))
    return band


def _site(value: str) -> str:
    if not _SITE.fullmatch(value):
        raise ValueError(PROBLEM_WORDS["site"])
    return value


def _feature_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(PROBLEM_WORDS["name"])
    return value


def _id(value: str) -> str:
    if not _ID.fullmatch(value) or len(value) > 40:
        raise ValueError(PROBLEM_WORDS["id"])
    return value


def _doi(value: str) -> str:
    if value and not _DOI.fullmatch(value):
        raise ValueError(PROBLEM_WORDS["doi"])
    return value


def _estimator(value: str) -> str:
    if value not in ESTIMATORS:
        known = ", ".join(f'"{name}"' for name in ESTIMATORS)
        raise ValueError(f"there is no such estimator{nearest(value, ESTIMATORS)}; choose one of {known}")
    return value


def _share(value: float) -> float:
    if not 0 < value < 1:
        raise ValueError(PROBLEM_WORDS["share"])
    return value


def _words(value: str) -> str:
    if not value.strip():
        raise ValueError(PROBLEM_WORDS["empty"])
    return value.strip()


def _line(value: str) -> str:
    if "\n" in value.strip():
        raise ValueError(PROBLEM_WORDS["line"])
    return _words(value)


def _reference(value: object) -> str | tuple[str, ...]:
    if value in ("device", "average"):
        return str(value)
    if isinstance(value, list) and value and all(isinstance(s, str) and _SITE.fullmatch(s) for s in value):
        return tuple(value)
    raise ValueError(PROBLEM_WORDS["reference"])


def _stand_ins(value: object) -> tuple[str, ...]:
    sites = value if isinstance(value, list) else [value]
    if not sites or not all(isinstance(site, str) and _SITE.fullmatch(site) for site in sites):
        raise ValueError(PROBLEM_WORDS["stand-ins"])
    return tuple(sites)


def _limit(value: object) -> float | None:
    if value is False:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 10_000:
        raise ValueError(PROBLEM_WORDS["guard"])
    return float(value)


BandHz = Annotated[tuple[float, float], PlainValidator(_band)]
IafBandHz = Annotated[tuple[float, float], PlainValidator(_iaf_band)]
Estimator = Annotated[str, AfterValidator(_estimator)]
Site = Annotated[str, AfterValidator(_site)]
FeatureName = Annotated[str, AfterValidator(_feature_name)]
Words = Annotated[str, AfterValidator(_words)]
Line = Annotated[str, AfterValidator(_line)]
StandIns = Annotated[tuple[str, ...], PlainValidator(_stand_ins)]
ReferenceSites = Annotated[str | tuple[str, ...], PlainValidator(_reference)]
Limit = Annotated[float | None, PlainValidator(_limit)]
Sites = Annotated[list[Site], Field(min_length=1, max_length=64)]


class Table(BaseModel):
    """A TOML table: no unknown keys, no silent conversions, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class ReferenceTable(Table):
    text: Words = Field(examples=['text = "Author A (2020) Journal 1:2"'])
    doi: Annotated[str, AfterValidator(_doi)] = ""


class EvidenceTable(Table):
    level: Line = Field(examples=['level = "controlled, small"'])
    summary: Words = Field(examples=['summary = "What studies found."'])
    limits: Words = Field(examples=['limits = "What is not known."'])
    references: list[ReferenceTable] = []


class FallbackTable(Table):
    replace: Annotated[dict[Site, StandIns], Field(min_length=1, max_length=64)] = Field(
        examples=['replace = { F3 = "AF7", F4 = "AF8" }']
    )
    reference: ReferenceSites | None = None
    note: str = ""
    adapted: bool = True


class MontageTable(Table):
    sites: Sites = Field(examples=['sites = ["C3", "C4"]'])
    min_sites: Annotated[int, Field(ge=1)] | None = None
    reference: ReferenceSites = "device"
    fallbacks: list[FallbackTable] = []


class FeatureTable(Table):
    kind: Literal[
        "amplitude",
        "power",
        "relative",
        "ratio",
        "asymmetry",
        "coherence",
        "imaginary_coherence",
        "phase_locking",
    ] = Field(examples=['kind = "amplitude"'])
    band_hz: BandHz | None = None
    band_from_iaf_hz: IafBandHz | None = None
    relative_to_hz: BandHz = (1.0, 45.0)
    sites: Sites | None = None
    left_sites: Sites | None = None
    numerator: str | None = None
    denominator: str | None = None
    log: bool = False
    estimator: Estimator = "wiener"
    delay_s: Annotated[float, Field(ge=0, le=1)] | None = None
    taps_s: Annotated[float, Field(ge=0.2, le=10)] = 2.0
    slow: bool = False
    smoothing_s: Annotated[float, Field(ge=0, le=30)] | None = None


class ThresholdTable(Table):
    rule: Literal["fixed", "baseline_percentile", "baseline_z", "course", "rolling_percentile", "staircase"] = Field(
        examples=['rule = "baseline_percentile"']
    )
    target: Annotated[float, AfterValidator(_share)] | None = None
    value: Annotated[float, Field(ge=-1e6, le=1e6)] | None = None
    k: Annotated[float, Field(ge=-3, le=3)] | None = None
    window_s: Annotated[float, Field(ge=20, le=600)] | None = None
    gain: Annotated[float, Field(gt=0, le=0.2)] | None = None


class ConditionTable(Table):
    feature: str = Field(examples=['feature = "smr"'])
    role: Literal["reward", "inhibit"] = Field(examples=['role = "reward"'])
    direction: Literal["up", "down"] = Field(examples=['direction = "up"'])
    threshold: ThresholdTable = Field(examples=['threshold = { rule = "baseline_percentile", target = 0.65 }'])


class GuardsTable(Table):
    amplitude_uv: Limit = 100.0
    gradient_uv: Limit = 50.0
    blink_uv: Limit = 60.0
    muscle_uv: Limit = 10.0
    motion_g: Limit = 0.05
    drowsiness: bool = False


class RewardTable(Table):
    dwell_s: Annotated[float, Field(ge=0, le=10)] | None = None
    refractory_s: Annotated[float, Field(ge=0, le=60)] = 1.0
    must_fall_back: bool = False
    fall_back: Annotated[float, Field(ge=0, lt=1)] = 0.05


class RecalibrateTable(Table):
    after_s: Annotated[float, Field(ge=30, le=3600)] = 180.0
    low: Annotated[float, AfterValidator(_share)] = 0.4
    high: Annotated[float, AfterValidator(_share)] = 0.9
    from_s: Annotated[float, Field(ge=20, le=600)] = 90.0


class FeedbackTable(Table):
    # The keys of nfb.ui.feedback.modes; "scene" is the calm one.
    mode: Literal["bar", "dot", "dawn", "branch", "film", "sound", "glide", "shade", "scene"] = "bar"
    chime: bool = True
    instruction: str = ""


class BlockTable(Table):
    """A baseline and the runs after it; `conditions` names features, none named means all conditions."""

    eyes: Literal["open", "closed"] = "open"
    conditions: list[str] = []
    baseline_s: Annotated[float, Field(ge=5, le=3600)] = Field(examples=["baseline_s = 120"])
    min_clean_s: Annotated[float, Field(gt=0, le=3600)] | None = None
    rest_after_baseline_s: Annotated[float, Field(ge=0, le=3600)] = 0.0
    runs: Annotated[int, Field(ge=1, le=100)] = Field(examples=["runs = 5"])
    run_s: Annotated[float, Field(ge=1, le=3600)] = Field(examples=["run_s = 300"])
    rest_s: Annotated[float, Field(ge=0, le=3600)] = 30.0


class StagesTable(BlockTable):
    peak_s: Annotated[float, Field(ge=0, le=3600)] = 0.0
    then: Annotated[list[BlockTable], Field(max_length=8)] = []
    transfer_s: Annotated[float, Field(ge=0, le=3600)] = 0.0


class CrossoverTable(Table):
    theta: str = "theta"
    alpha: str = "alpha"
    by_uv: Annotated[float, Field(ge=0, le=100)] = 1.0
    for_s: Annotated[float, Field(ge=1, le=3600)] = 180.0


class CourseTable(Table):
    sessions: str = ""
    per_week: str = ""


class ProtocolTable(Table):
    # TOML's true equals 1 in Python; Literal[1] in strict mode tells them apart.
    schema_: Literal[1] = Field(alias="schema", examples=["schema = 1"])
    id: Annotated[str, AfterValidator(_id)] = Field(examples=['id = "smr-central"'])
    version: Annotated[int, Field(ge=1, le=1_000_000)] = Field(examples=["version = 1"])
    name: Line = Field(examples=['name = "SMR at C3 and C4"'])
    purpose: Words = Field(examples=['purpose = "What is trained, in plain words."'])
    cautions: list[Words] = []
    evidence: EvidenceTable = Field(examples=["a table [evidence] with level, summary and limits"])
    montage: MontageTable = Field(examples=["a table [montage] with sites"])
    features: Annotated[dict[FeatureName, FeatureTable], Field(min_length=1, max_length=16)] = Field(
        examples=["a table [features.smr] with kind and band_hz"]
    )
    conditions: Annotated[list[ConditionTable], Field(min_length=1, max_length=16)] = Field(
        examples=["a table [[conditions]] with feature, role, direction and threshold"]
    )
    guards: GuardsTable = GuardsTable()
    reward: RewardTable = RewardTable()
    recalibrate: RecalibrateTable | None = None
    feedback: FeedbackTable = FeedbackTable()
    stages: StagesTable = Field(examples=["a table [stages] with baseline_s, runs and run_s"])
    crossover: CrossoverTable | None = None
    course: CourseTable = CourseTable()


# Which table stands at a key path, list positions and feature names left out.
TABLES: dict[tuple[str, ...], type[Table]] = {
    (): ProtocolTable,
    ("evidence",): EvidenceTable,
    ("evidence", "references"): ReferenceTable,
    ("montage",): MontageTable,
    ("montage", "fallbacks"): FallbackTable,
    ("features",): FeatureTable,
    ("conditions",): ConditionTable,
    ("conditions", "threshold"): ThresholdTable,
    ("guards",): GuardsTable,
    ("reward",): RewardTable,
    ("recalibrate",): RecalibrateTable,
    ("feedback",): FeedbackTable,
    ("stages",): StagesTable,
    ("stages", "then"): BlockTable,
    ("crossover",): CrossoverTable,
    ("course",): CourseTable,
}
