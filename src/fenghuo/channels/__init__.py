"""How our own people are told; one file a channel."""
