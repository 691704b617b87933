"""Understanding of text over given vectors: language, heads, cues. Pure."""
