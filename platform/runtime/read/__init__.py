"""The read gate: lists, records, aggregates and search, always under the rights of the one who asks."""

from kith.runtime.read.lists import list_records
from kith.runtime.read.records import get_record, lines

__all__ = ["get_record", "lines", "list_records"]
