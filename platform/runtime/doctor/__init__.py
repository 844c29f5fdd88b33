"""Whether a workspace is sound: one check after the other, each saying what it proved, and mending what can be mended safely."""

from kith.runtime.doctor.examining import CHECKS, examine
from kith.runtime.doctor.findings import Check, Found, Visit

__all__ = ["CHECKS", "Check", "Found", "Visit", "examine"]
