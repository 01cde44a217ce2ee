"""Everything on disk: protocol files, recordings, importers."""
