"""What a tab of a client's page asks of that page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from nfb.practice.banners import Banner
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.desk.reports import Kind


@dataclass(frozen=True, slots=True)
class Host:
    """What a tab asks of the page it stands on; `names` gives a protocol's name for its id."""

    keeper: BookKeeper
    start: Callable[[str], None]
    root: Path
    open_form: Callable[[QWidget], None]
    replay: Callable[[Path], None]
    report: Callable[[Path, Kind], None]
    edit_plan: Callable[[], None]
    acknowledge: Callable[[Banner], None]
    names: Callable[[str], str]
