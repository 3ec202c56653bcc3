"""Floor 0: frozen values and the message catalogue. Standard library only, no input or output."""
