"""PHQ-9, PHQ-8 and GAD-7: wording and scoring.

The texts are those of the PHQ and GAD-7 forms by Spitzer, Williams, Kroenke and colleagues, made with a grant of
Pfizer Inc.: "No permission required to reproduce, translate, display or distribute." Cut-offs: Kroenke et al.
(2001) J Gen Intern Med 16:606; Spitzer et al. (2006) Arch Intern Med 166:1092.
"""

from dataclasses import replace

from nfb.practice.scales.definition import Change, Scale, Wording, sum_with_few_missing

_FREE = "no permission required to reproduce, translate, display or distribute"
_CHOICES = ("Not at all", "Several days", "More than half the days", "Nearly every day")
_FOLLOW_UP = (
    "If you checked off any problems, how difficult have these problems made it for you to do your work, take care "
    "of things at home, or get along with other people?"
)
_FOLLOW_UP_CHOICES = ("Not difficult at all", "Somewhat difficult", "Very difficult", "Extremely difficult")

PHQ_ITEMS = (
    "Little interest or pleasure in doing things",
    "Feeling down, depressed, or hopeless",
    "Trouble falling or staying asleep, or sleeping too much",
    "Feeling tired or having little energy",
    "Poor appetite or overeating",
    "Feeling bad about yourself — or that you are a failure or have let yourself or your family down",
    "Trouble concentrating on things, such as reading the newspaper or watching television",
    "Moving or speaking so slowly that other people could have noticed? Or the opposite — being so fidgety or "
    "restless that you have been moving around a lot more than usual",
    "Thoughts that you would be better off dead or of hurting yourself in some way",
)
GAD_ITEMS = (
    "Feeling nervous, anxious or on edge",
    "Not being able to stop or control worrying",
    "Worrying too much about different things",
    "Trouble relaxing",
    "Being so restless that it is hard to sit still",
    "Becoming easily annoyed or irritable",
    "Feeling afraid as if something awful might happen",
)

_PHQ_BANDS = ((0.0, "minimal"), (5.0, "mild"), (10.0, "moderate"), (15.0, "moderately severe"), (20.0, "severe"))

PHQ9 = Scale(
    key="phq9",
    name="PHQ-9",
    period="last 2 weeks",
    low=0,
    high=27,
    bands=_PHQ_BANDS,
    bands_source="Kroenke 2001: 5, 10, 15, 20",
    n_items=9,
    highest_answer=3,
    score=sum_with_few_missing(9, 2),
    safety_item=9,
    change=Change(important=5, response_share=0.5, remission_below=5),
    wording=Wording(
        "Over the last 2 weeks, how often have you been bothered by any of the following problems?",
        PHQ_ITEMS,
        (_CHOICES,) * 9,
        (0, 1, 2, 3),
        "en",
        _FREE,
        "PHQ-9",
        _FOLLOW_UP,
        _FOLLOW_UP_CHOICES,
    ),
)
PHQ8 = replace(
    PHQ9,
    key="phq8",
    name="PHQ-8",
    high=24,
    bands_source="Kroenke 2009: 5, 10, 15, 20",
    n_items=8,
    score=sum_with_few_missing(8, 2),
    safety_item=0,
    wording=Wording(
        "Over the last 2 weeks, how often have you been bothered by any of the following problems?",
        PHQ_ITEMS[:8],
        (_CHOICES,) * 8,
        (0, 1, 2, 3),
        "en",
        _FREE,
        "PHQ-8",
        _FOLLOW_UP,
        _FOLLOW_UP_CHOICES,
    ),
)
GAD7 = Scale(
    key="gad7",
    name="GAD-7",
    period="last 2 weeks",
    low=0,
    high=21,
    bands=((0.0, "minimal"), (5.0, "mild"), (10.0, "moderate"), (15.0, "severe")),
    bands_source="Spitzer 2006: 5, 10, 15",
    n_items=7,
    highest_answer=3,
    score=sum_with_few_missing(7, 2),
    change=Change(important=4),
    wording=Wording(
        "Over the last 2 weeks, how often have you been bothered by the following problems?",
        GAD_ITEMS,
        (_CHOICES,) * 7,
        (0, 1, 2, 3),
        "en",
        _FREE,
        "GAD-7",
        _FOLLOW_UP,
        _FOLLOW_UP_CHOICES,
    ),
)
