"""Spreadsheets become a proposed app: types, keys, references and imports, each guess with its reason."""
