"""Floor 3: widgets only. They read the session and send commands to the controller."""
