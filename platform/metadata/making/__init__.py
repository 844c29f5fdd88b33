"""Making the parts of a model out of merged documents, each kind in a file of its own."""
