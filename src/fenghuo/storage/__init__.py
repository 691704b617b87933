"""One file a room: its tables and repositories, on SQLite and PostgreSQL, one behaviour."""

from fenghuo.storage.condition import Condition, examine
from fenghuo.storage.database import Database
from fenghuo.storage.migrate import backup_before, migrate
from fenghuo.storage.transaction import Transaction

__all__ = ["Condition", "Database", "Transaction", "backup_before", "examine", "migrate"]
