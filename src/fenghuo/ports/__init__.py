"""What the rooms ask of the outside: one Protocol a file."""
