"""Duplicates beside saving: looking while one types or afterwards, checking by a few values, and merging two records."""
