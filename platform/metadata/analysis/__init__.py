"""Questions about a model that need no records: in which order things happen, what reads and writes what."""
