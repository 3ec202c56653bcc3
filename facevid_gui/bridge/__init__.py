"""Floor 2: Qt without widgets: jobs on worker threads, the one mutable session state, item models, the player."""
