"""The tests mirror the package: one folder per room, `flows/` end to end, `benchmarks/` print ratios."""
