"""The jobs door: the worker and the scheduler that carry out what saves and time have put in the queue."""
