"""The language server: the assistance for authors, spoken in the protocol that editors understand (pygls, over stdio)."""
