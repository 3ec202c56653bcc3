"""What is there, what is missing and how to get it: one diagnosis for console and window (floor 1)."""
