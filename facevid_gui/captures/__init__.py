"""Floor 1: captures on disk, and the one parser from answer bytes to a record."""
