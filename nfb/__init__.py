"""nfb: neurofeedback sessions from BrainFlow headsets, recordings and a simulated client."""

__version__ = "0.1.0"
