"""What the tiles of dashboards show: measures under the rights of the reader, each with the filter of the records behind it."""
