"""The decisions of a session as a table for notebooks: NumPy alone, or pandas where it is installed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nfb.files.feedback_reader import Column, FeedbackTable
from nfb.files.feedback_table import column_descriptions
from nfb.model.errors import RecordingError
from nfb.session.setup import Setup

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """One row per hop; ``features["feature.smr"]`` is a column, with NaN where there is no value.

    Parameters
    ----------
    columns
        Name → ``(n_hops,)`` values, read when first asked for.
    units
        Name → unit: ``µV``, ``µV²``, ``s``, or empty for counts, shares, ratios and text.
    descriptions
        Name → what it is, in words.
    n_hops
        Number of rows.
    """

    columns: Mapping[str, Column]
    units: Mapping[str, str]
    descriptions: Mapping[str, str]
    n_hops: int

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __len__(self) -> int:
        return self.n_hops

    def to_numpy(self) -> NDArray[np.void]:
        """``(n_hops,)`` structured array with a field per column; read it as ``table["feedback"]``."""
        kinds = [(name, column.dtype) for name, column in self.columns.items()]
        table = np.empty(self.n_hops, dtype=kinds)
        for name, column in self.columns.items():
            table[name] = column
        return table

    def to_pandas(self) -> "DataFrame":
        """A data frame whose ``attrs["units"]`` holds the units.

        Raises
        ------
        RecordingError
            pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise RecordingError("to_pandas() needs pandas: python -m pip install pandas") from error
        frame = pandas.DataFrame(dict(self.columns))
        frame.attrs["units"] = dict(self.units)
        return frame


def features_of(setup: Setup, table: FeedbackTable) -> Features:
    """The table of a session with the meaning of its columns."""
    units, words = {}, {}
    for name, described in column_descriptions(setup).items():
        assert isinstance(described, dict)
        unit = str(described.get("Units", ""))
        units[name] = "" if unit == "1" else unit
        words[name] = str(described["Description"])
    return Features(table.columns, units, words, table.n_rows)
