"""The shapes of documents: one table of kinds, of which checking, publishing and documentation are made."""
