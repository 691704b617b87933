"""One file a room: its tables and repositories, on SQLite and PostgreSQL."""
