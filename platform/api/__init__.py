"""The API door: the HTTP interface for programs over the runtime's two gates."""
