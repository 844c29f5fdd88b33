"""Files into records and records into files: readers, mappings, imports through the write gate, exports through the read gate."""
