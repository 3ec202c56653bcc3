"""Floor 1: profiles (settings, no secret) and the operating system's keyring."""
