"""Column mappings that people saved, by the name that they gave them."""

from sqlalchemy import Column, LargeBinary, Table, delete, select

from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, metadata

column_mappings = Table(
    "column_mappings",
    metadata,
    Column("workspace", KEY, primary_key=True),
    Column("name", KEY, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)


class Mappings(Repository):
    """Saved mappings, in one transaction."""

    def save_mapping(self, workspace: str, name: str, body: bytes) -> None:
        """Keep a mapping; one of the same name is rewritten."""
        row = {"workspace": workspace, "name": name, "body": body}
        self.connection.execute(self.put(column_mappings), row)

    def mappings(self, workspace: str) -> list[bytes]:
        """The mappings of a workspace, by name."""
        found = (
            select(column_mappings.c.body)
            .where(column_mappings.c.workspace == workspace)
            .order_by(column_mappings.c.name)
        )
        return list(self.connection.scalars(found))

    def remove_mapping(self, workspace: str, name: str) -> bool:
        """Forget a mapping, False when there was none; what was read by it stays."""
        mine = (column_mappings.c.workspace == workspace) & (column_mappings.c.name == name)
        return bool(self.connection.execute(delete(column_mappings).where(mine)).rowcount)
