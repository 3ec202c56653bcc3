"""Floor 1: one HTTP transport that streams an exchange into a sink. Knows no provider and no folder."""
