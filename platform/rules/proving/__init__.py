"""What a condition says whatever the record holds: always, never, or that one condition holds wherever another does."""
