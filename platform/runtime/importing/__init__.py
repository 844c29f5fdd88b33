"""Imports that people carry out step by step: a file that was uploaded, what its columns feed, a trial, and the job that writes."""
