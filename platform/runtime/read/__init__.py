"""The read gate: lists, records, aggregates and search, always under the rights of the one who asks."""

from kith.runtime.read.aggregates import aggregate
from kith.runtime.read.beside import list_each, tally_each
from kith.runtime.read.choosing import choices
from kith.runtime.read.counting import count_records
from kith.runtime.read.histories import history
from kith.runtime.read.lists import list_objects, list_records
from kith.runtime.read.records import get_record, lines
from kith.runtime.search.finding import search

__all__ = [
    "aggregate",
    "choices",
    "count_records",
    "get_record",
    "history",
    "lines",
    "list_each",
    "list_objects",
    "list_records",
    "search",
    "tally_each",
]
