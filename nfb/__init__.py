"""nfb: neurofeedback sessions from BrainFlow headsets, recordings and a simulated client.

>>> import nfb
>>> protocol = nfb.load_protocol("smr-central")
>>> recording = nfb.open_recording("recordings/sub-demo/ses-001")    # doctest: +SKIP
>>> recording.eeg.shape, recording.sampling_rate_hz                  # doctest: +SKIP
((16, 15000), 250.0)
>>> nfb.verify(recording).identical                                  # doctest: +SKIP
True
>>> nfb.replay(recording).feature("smr")                             # doctest: +SKIP
>>> nfb.replay(recording, nfb.load_protocol("ua-posterior")).summary # doctest: +SKIP
>>> nfb.analyse(recording).to_record()                               # doctest: +SKIP
>>> recording, summary = nfb.run_session(protocol, "simulated", seconds=60, seed=7)  # doctest: +SKIP
>>> recording.features()["feature.smr"]                              # doctest: +SKIP
>>> recording.to_mne()                                               # doctest: +SKIP
>>> nfb.export_recording(recording, "session.bdf", "bdf").warnings   # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "ExportReport",
    "Replay",
    "__version__",
    "analyse",
    "export_recording",
    "load_protocol",
    "open_recording",
    "replay",
    "run_session",
    "verify",
]

if TYPE_CHECKING:
    from nfb.api import (
        ExportReport,
        Replay,
        analyse,
        export_recording,
        load_protocol,
        open_recording,
        replay,
        run_session,
        verify,
    )


def __getattr__(name: str) -> object:
    # Late, so that the window is on the screen before NumPy and SciPy are loaded.
    if name in __all__:
        return getattr(import_module("nfb.api"), name)
    raise AttributeError(f"module 'nfb' has no attribute '{name}'")
