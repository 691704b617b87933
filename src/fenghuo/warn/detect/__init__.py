"""One file a detector; each is a plain class with update, snapshot and restore."""
