"""About: version, licence, what this program is not, and whose work it uses."""

from __future__ import annotations

import platform

from PySide6.QtCore import qVersion

from nfb import __version__
from nfb.ui.editor.fields import FlexLabel
from nfb.ui.language import tr
from nfb.ui.pages.start import intended_use
from nfb.ui.settings.section import Section, Surroundings


class AboutSection(Section):
    """Nothing to set."""

    def __init__(self, _: Surroundings) -> None:
        super().__init__(tr("About"))
        self.version = FlexLabel(
            tr(
                "nfb {version} · Qt {qt} · Python {python}",
                version=__version__,
                qt=qVersion(),
                python=platform.python_version(),
            )
        )
        self.add(self.version)
        self.intended_use = FlexLabel(intended_use())
        self.add(self.intended_use)
        self.heading(tr("Licence"))
        self.say(tr("MIT licence: use, change and pass it on freely, with the notice, and without any warranty."))
        self.heading(tr("Icons and typeface"))
        self.say(
            tr(
                "The icons were drawn for this program and come under its licence. The typeface is the system's "
                "own; Atkinson Hyperlegible (SIL Open Font License) is used if you have installed it."
            )
        )
        self.heading(tr("Built on"))
        self.say(
            "BrainFlow (MIT) · Qt for Python (LGPL 3) · NumPy, SciPy (BSD) · pyqtgraph (MIT) · SQLAlchemy (MIT) · "
            "pydantic (MIT) · edfio (Apache 2.0) · pyxdf (BSD) · Jinja (BSD) · platformdirs (MIT) · pySerial (BSD) · "
            "Rich (MIT)"
        )
