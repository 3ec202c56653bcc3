"""Floor 1: the only place where network and folders meet."""
