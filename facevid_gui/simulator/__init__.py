"""Floor 1: the embedded default: a loopback service that speaks both protocols and checks signatures."""
