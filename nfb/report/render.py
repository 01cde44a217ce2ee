"""Templates to HTML. Every page ends with the required wording; every text is escaped, charts are our own markup."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from nfb.model.speech import Translate, in_english
from nfb.report.words import CANNOT_SEPARATE, NOT_A_DEVICE, SNAPSHOT, TIMING, clock, day


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("nfb.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals.update(day=day, clock=clock)
    return environment


def render(template: str, tr: Translate = in_english, **values: object) -> str:
    """Fill in ``templates/<template>.html``; a value that it names and is not given is an error."""
    fixed = {
        "not_a_device": tr(NOT_A_DEVICE),
        "snapshot": tr(SNAPSHOT),
        "timing": tr(TIMING),
        "cannot_separate": tr(CANNOT_SEPARATE),
    }
    return _environment().get_template(f"{template}.html").render(tr=tr, **fixed, **values)


def chart(markup: str) -> Markup:
    """SVG of :mod:`nfb.report.svg`, which has escaped its own words."""
    return Markup(markup)
