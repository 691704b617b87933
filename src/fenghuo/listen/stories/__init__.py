"""Posts about the same thing, across languages, online. Pure."""
