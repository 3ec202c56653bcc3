"""Floor 1: what a blob of media is (sniffing) and how it was wrapped (base64)."""
