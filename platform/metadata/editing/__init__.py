"""Changing documents as an author would: one key at a time, and every line that is not meant stays as it is."""

from __future__ import annotations

from kith.metadata.editing.changing import FIRST, Change, Move, Put, Remove, Uneditable, edited
from kith.metadata.editing.comparing import Difference, changes_between, differences
from kith.metadata.editing.three_way import Conflict, Merge, three_way
from kith.metadata.editing.values import Data, data_of, same

__all__ = [
    "FIRST",
    "Change",
    "Conflict",
    "Data",
    "Difference",
    "Merge",
    "Move",
    "Put",
    "Remove",
    "Uneditable",
    "changes_between",
    "data_of",
    "differences",
    "edited",
    "same",
    "three_way",
]
