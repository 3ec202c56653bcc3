"""Fuzzing: every parser of foreign bytes, one target each. `python -m tests.fuzz` runs them."""
