"""Search: any part of a text, two Han, pinyin or initials, digits of a phone number, in fields that the reader may read."""

from kith.runtime.search.indexing import coded_of, index_records, indexed_of, indexing, likenesses_of, terms_of

__all__ = ["coded_of", "index_records", "indexed_of", "indexing", "likenesses_of", "terms_of"]
