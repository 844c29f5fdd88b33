"""Packages: apps as archives that anybody may have made, and what becomes of a company's layer when its template moves on."""
