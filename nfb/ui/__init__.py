"""The window. PySide6 and pyqtgraph are imported in this package and nowhere else."""
