"""Files: what is taken, how it is kept, who gets it, and when it goes (docs/decisions/0041-files.md)."""
