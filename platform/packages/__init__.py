"""Packages: apps as archives that anybody may have made, and what becomes of a company's layer when its template moves on."""

PENDING = ".kith-pending.json"
"""The changes that are being made in a project: once this file is there they are made to the end, whoever comes next."""
