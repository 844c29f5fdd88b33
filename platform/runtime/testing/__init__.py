"""Given / act / expect: the cases of an app's tests, run against the two gates in a database of their own."""
