"""Who may do what, and which role and which part of its scope says so: told as far as who asks may read."""

from kith.runtime.accessing.deciding import RoleSays, Verdict
from kith.runtime.accessing.overview import Overview, overview_of
from kith.runtime.accessing.people import Seer, who_sees
from kith.runtime.accessing.records import FieldTold, RecordAccess, record_access

__all__ = [
    "FieldTold",
    "Overview",
    "RecordAccess",
    "RoleSays",
    "Seer",
    "Verdict",
    "overview_of",
    "record_access",
    "who_sees",
]
