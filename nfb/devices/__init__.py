"""The hardware edge: sources of EEG. BrainFlow is imported in one module of this package and nowhere else."""
