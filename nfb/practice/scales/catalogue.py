"""Every scale that the program knows. One whose text it may not carry is scored here and worded by a drop-in file."""

from nfb.practice.scales.definition import Answers, Change, Scale, Score
from nfb.practice.scales.phq_gad import GAD7, PHQ8, PHQ9


def score_who5(answers: Answers) -> Score:
    """Raw sum times four, 0 to 100; every answer is needed.

    >>> score_who5([3, 3, 3, 2, 2]).total
    52.0
    """
    given = [answer for answer in answers if answer is not None]
    return Score(4.0 * sum(given)) if len(given) == 5 else Score(None)


def score_qids(answers: Answers) -> Score:
    """Nine domains, the highest item of each group: sleep 1-4, appetite and weight 6-9, slowing or unrest 15-16.

    No score if a domain cannot be told: of 6 and 7 (appetite) and of 8 and 9 (weight) one each is answered by design,
    all others are needed.
    """
    sleep, mood, body, rest, motion = answers[0:4], answers[4:5], answers[5:9], answers[9:14], answers[14:16]
    appetite = [answer for answer in body[:2] if answer is not None]
    weight = [answer for answer in body[2:] if answer is not None]
    needed = [answer for answer in (*sleep, *mood, *rest, *motion) if answer is not None]
    if len(answers) != 16 or len(needed) != 12 or not appetite or not weight:
        return Score(None)
    # All of `needed` is answered, so it holds sleep, mood, rest and motion in this order.
    return Score(float(max(needed[:4]) + needed[4] + max(*appetite, *weight) + sum(needed[5:10]) + max(needed[10:])))


WHO5 = Scale(
    key="who5",
    name="WHO-5",
    period="last 2 weeks",
    low=0,
    high=100,
    bands=((0.0, "very low well-being"), (29.0, "low well-being"), (51.0, "")),
    bands_source="50 or below, 28 or below",
    n_items=5,
    highest_answer=5,
    score=score_who5,
    more_is_worse=False,
    change=Change(important=10),
    licence_note="Free to use with its exact wording under a licence of its own: its text is a file that you add.",
)
QIDS = Scale(
    key="qids",
    name="QIDS-SR16",
    period="last 7 days",
    low=0,
    high=27,
    bands=((0.0, "none"), (6.0, "mild"), (11.0, "moderate"), (16.0, "severe"), (21.0, "very severe")),
    bands_source="Rush 2003: 6, 11, 16, 21",
    n_items=16,
    highest_answer=3,
    score=score_qids,
    safety_item=12,
    change=Change(response_share=0.5, remission_below=6),
    licence_note="The terms for software are not clear: you supply the text as a file, if you may.",
)
ISI = Scale(
    key="isi",
    name="ISI",
    period="last 2 weeks",
    low=0,
    high=28,
    bands=((0.0, "none"), (8.0, "subthreshold"), (15.0, "moderate"), (22.0, "severe")),
    bands_source="Morin: 8, 15, 22",
    change=Change(important=6),
    licence_note="Licensed form; only its total is entered here.",
)
PSQI = Scale(
    key="psqi",
    name="PSQI",
    period="last month",
    low=0,
    high=21,
    bands=((0.0, ""), (6.0, "poor sleep")),
    bands_source="above 5",
    change=Change(important=3),
    licence_note="Licensed form; only its total is entered here.",
)
MADRS = Scale(
    key="madrs",
    name="MADRS",
    period="last 7 days",
    low=0,
    high=60,
    bands=((0.0, "none"), (7.0, "mild"), (20.0, "moderate"), (35.0, "severe")),
    bands_source="7, 20, 35; other tables use 11, 21, 31",
    highest_answer=6,
    safety_item=10,
    change=Change(response_share=0.5, remission_below=11),
    licence_note="Rated by a clinician on a licensed form; its total and item 10 are entered here.",
)
HAMD = Scale(key="hamd17", name="HAM-D17", period="last 7 days", low=0, high=52, licence_note="Total only.")
BDI = Scale(
    key="bdi2", name="BDI-II", period="last 2 weeks", low=0, high=63, licence_note="Licensed form; total only."
)

SCALES: dict[str, Scale] = {scale.key: scale for scale in (PHQ9, PHQ8, GAD7, WHO5, QIDS, ISI, PSQI, MADRS, HAMD, BDI)}
