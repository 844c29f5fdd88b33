"""How values of one type become values of another, and what is lost on the way."""
