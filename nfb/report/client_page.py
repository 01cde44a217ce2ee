"""The page that the client takes home."""

import math

from nfb.model.protocol import Direction, FeatureKind
from nfb.model.sentence import band_name, plain_name
from nfb.model.speech import Translate, in_english
from nfb.report.charts import WIDTH, share_chart
from nfb.report.course_chart import Panel, course_axis, course_chart
from nfb.report.facts import SessionFacts
from nfb.report.given import NO_SESSION_NOTES, Series, SessionNotes
from nfb.report.render import chart, render
from nfb.report.stats import Estimate
from nfb.report.words import MISSING, minutes, n_runs


def client_page(facts: SessionFacts, notes: SessionNotes = NO_SESSION_NOTES, tr: Translate = in_english) -> str:
    """One page for the client as HTML: no amplitudes, no scores, no comparison with others."""
    before, after = dict(notes.felt_before), dict(notes.felt_after)
    return render(
        "client",
        tr,
        facts=facts,
        notes=notes,
        who=notes.shown_name or facts.client,
        plain=plain_sentence(facts, tr),
        time_trained=tr(
            "{time} in {runs}. The clock stood still while you blinked or moved.",
            time=minutes(facts.trained_s),
            runs=n_runs(len(facts.blocks.runs), tr),
        ),
        shares=chart(share_chart(facts, width=WIDTH, tr=tr)),
        shares_caption=tr(
            "How much of the training time the rhythm was in range, run by run. The line shows how surely that is "
            "known. More is not better health; it is what you practised."
        ),
        felt=[
            (name, before.get(name, MISSING), after.get(name, MISSING)) for name in dict.fromkeys([*before, *after])
        ],
        lines=chart(_lines(notes.series, tr)) if notes.series else "",
    )


def plain_sentence(facts: SessionFacts, tr: Translate = in_english) -> str:
    """What was trained in one sentence without units."""
    feature = next(f for f in facts.setup.features if f.name == facts.blocks.measure.name)
    up = facts.blocks.measure.direction is Direction.UP
    if feature.kind is FeatureKind.ASYMMETRY:
        return tr("You practised shifting the balance between the left and the right side of a brain rhythm.")
    if feature.band is None:
        name = tr(plain_name(feature.name))
        if up:
            return tr("You practised letting the balance of two brain rhythms ({name}) rise.", name=name)
        return tr("You practised letting the balance of two brain rhythms ({name}) fall.", name=name)
    low, high = feature.band.at(facts.setup.iaf_hz)
    rhythm = {
        "name": tr(band_name((low, high))),
        "band": f"{low:g}–{high:g} Hz",
        "sites": tr(" and ").join(feature.sites),
    }
    if up:
        return tr(
            "You practised letting a brain rhythm called {name} ({band}, at {sites}) become stronger. Each time it "
            "was, the program told you at once.",
            **rhythm,
        )
    return tr(
        "You practised letting a brain rhythm called {name} ({band}, at {sites}) become calmer. Each time it was, "
        "the program told you at once.",
        **rhythm,
    )


def _lines(series: tuple[Series, ...], tr: Translate) -> str:
    axis, _ = course_axis([], series, ())
    panels = [
        Panel(
            f"{each.name} ({each.unit})",
            tuple((axis.place(when), Estimate(math.nan if value is None else value)) for when, value in each.points),
            y=each.limits,
        )
        for each in series
    ]
    return course_chart(axis, panels, tr=tr)
