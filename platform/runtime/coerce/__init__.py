"""What people and programs send, read as values of a field's type; never guessed, never zero for "abc"."""

from kith.runtime.coerce.readers import READERS, coerce
from kith.runtime.coerce.reading import Misread, Reading

__all__ = ["READERS", "Misread", "Reading", "coerce"]
