"""The runtime: a model and a database make a running CRM, and no other room talks to a database."""
