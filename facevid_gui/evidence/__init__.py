"""Floor 1: sealing, verifying and the chained logs. Everything that has to stand up without us."""
