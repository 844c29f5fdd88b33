"""Personal data: everything about one person told, erased and kept no longer than is declared; who agreed to what."""
