"""Metadata: folders of YAML in layers become one frozen, typed model, or a list of problems with their places."""
