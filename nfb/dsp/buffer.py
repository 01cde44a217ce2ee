"""The newest samples of every channel in one contiguous stretch of memory, cut into hops."""

import numpy as np

from nfb.model.samples import Float32, Float64


class HopBuffer:
    """Holds a window of history in front of the hops that are due.

    Every hop sees the `n_window` samples that end with it as one strided view, so that any number of hops can be
    computed by a single stacked product without copying.

    Parameters
    ----------
    n_channels, n_window, n_hop
        Channels, samples of history a hop may look at (itself included), samples in a hop.
    most_hops
        Most hops that :meth:`windows` will be asked for at once.
    """

    def __init__(self, n_channels: int, n_window: int, n_hop: int, most_hops: int) -> None:
        self.n_window = n_window
        self.n_hop = n_hop
        # Room for several batches, so that moving the history to the front is rare.
        self._data = np.zeros((n_channels, n_window + 8 * n_hop * most_hops))
        self._looked_at = self._data.view()
        self._looked_at.flags.writeable = False
        self._most_new = self._data.shape[1] - n_window
        self._read = n_window  # end of the last hop taken
        self._write = n_window  # end of the samples put in
        self._filled = 0

    @property
    def n_due(self) -> int:
        """Whole hops that can be taken."""
        return (self._write - self._read) // self.n_hop

    @property
    def n_free(self) -> int:
        """Samples that may be put in before some hops must be taken."""
        return self._most_new - (self._write - self._read)

    @property
    def n_partial(self) -> int:
        """Samples put in and not yet taken."""
        return self._write - self._read

    def put(self, eeg: Float32 | Float64) -> None:
        """Append ``(n_channels, n)`` samples; `n` may not exceed :attr:`n_free`."""
        n = eeg.shape[1]
        if self._write + n > self._data.shape[1]:
            keep = self._write - self._read + self.n_window
            self._data[:, :keep] = self._data[:, self._write - keep : self._write].copy()
            self._read, self._write = self.n_window, keep
        self._data[:, self._write : self._write + n] = eeg
        self._write += n

    def windows(self, n_hops: int) -> Float64:
        """``(n_hops, n_channels, n_window)`` view of the next hops, each window ending with its hop."""
        first = self._read + self.n_hop - self.n_window
        if n_hops == 1:
            return self._looked_at[None, :, first : first + self.n_window]
        row, step = self._data.strides
        # The constructor checks the bounds, and costs a fifth of as_strided, which a single hop would notice.
        view: Float64 = np.ndarray(
            (n_hops, self._data.shape[0], self.n_window),
            self._data.dtype,
            self._data,
            first * step,
            (self.n_hop * step, row, step),
        )
        view.flags.writeable = False
        return view

    def take(self, n_hops: int) -> None:
        """Mark the next hops as done."""
        self._read += n_hops * self.n_hop
        self._filled = min(self.n_window, self._filled + n_hops * self.n_hop)

    def hops_until_full(self) -> int:
        """Hops still to come before a window holds nothing but samples since the last :meth:`reset`."""
        return -(-(self.n_window - self._filled) // self.n_hop)

    def reset(self) -> None:
        """Forget everything, samples of an unfinished hop included."""
        self._data[:, : self.n_window] = 0.0
        self._read = self._write = self.n_window
        self._filled = 0
