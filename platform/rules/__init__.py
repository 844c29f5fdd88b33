"""The rule language: text becomes one typed tree, which Python, SQLite and PostgreSQL read with one meaning."""
