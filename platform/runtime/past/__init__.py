"""What was: records as of a day, what a batch did, and taking it back."""
