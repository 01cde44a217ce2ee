"""The CRED-nf sheet: 24 answers and the three figures that item 5b asks for."""

from collections.abc import Sequence
from itertools import groupby

from nfb.model.speech import Translate, in_english
from nfb.report.charts import blocks_chart, spectrum_chart
from nfb.report.course_report import course_figure
from nfb.report.crednf import CHECKLIST, NOT_ANSWERED, Answer
from nfb.report.facts import SessionFacts
from nfb.report.render import chart, render
from nfb.report.signal import spectra
from nfb.report.words import n_sessions

_BREAK_BEFORE = 4  # the fourth domain, feedback specifications, begins a page


def crednf_sheet(
    facts: SessionFacts, found: Sequence[Answer], sessions: Sequence[SessionFacts] = (), tr: Translate = in_english
) -> str:
    """The sheet as HTML, in English like the checklist.

    Parameters
    ----------
    found
        From :func:`nfb.report.crednf.answers`.
    sessions
        All sessions of the course, for the figure between sessions; two are needed.
    tr
        The reader's language, in which the sheet says why it is in English.
    """
    pair = spectra(facts)
    n_open = sum(answer.status == NOT_ANSWERED for answer in found)
    rest = "rest after the runs" if facts.blocks.after else "last run (no rest was recorded after the runs)"
    return render(
        "crednf",
        facts=facts,
        remark=_remark(tr),
        checklist=CHECKLIST,
        counted=f"{len(found) - n_open} of {len(found)} answered, {n_open} not answered",
        domains=[(domain, list(group)) for domain, group in groupby(found, key=lambda answer: answer.item.domain)],
        middle=_BREAK_BEFORE,
        blocks=chart(blocks_chart(facts)),
        blocks_caption="Each stage's clean time with its 95 % interval (bootstrap over 5-s chunks). Open: rest.",
        course=chart(course_figure(sessions)) if len(sessions) > 1 else "",
        course_caption=f"{n_sessions(len(sessions))}; bars: 95 % interval."
        if len(sessions) > 1
        else "One session: there is nothing between sessions to show.",
        spectrum=chart(spectrum_chart(facts, pair)) if pair else "No clean windows for a spectrum.",
        snapshot_note=f"Baseline and {rest}.",
    )


def _remark(tr: Translate) -> str:
    """Nothing where the reader reads English anyway."""
    if tr("en") == "en":
        return ""
    return tr("This sheet is in English, as is the checklist, because it goes with a scientific publication.")
