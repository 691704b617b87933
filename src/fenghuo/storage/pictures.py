"""Pictures of mentions, apart from them: most mentions have none, and one may have 8 MB."""

from collections.abc import Sequence

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, delete, select

from fenghuo.domain.picture import Picture
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, metadata

pictures = Table(
    "pictures",
    metadata,
    Column("mention", KEY, ForeignKey("mentions.id"), primary_key=True),
    Column("workspace", KEY, nullable=False, index=True),
    Column("kind", KEY, nullable=False),
    Column("body", LargeBinary, nullable=False),
)


class Pictures(Repository):
    """Pictures, in one transaction."""

    def add_picture(self, workspace: str, mention: str, picture: Picture) -> None:
        """Keep the picture of a mention; the first one stays."""
        row = {"mention": mention, "workspace": workspace, "kind": picture.kind}
        self.connection.execute(self.add_new(pictures), row | {"body": picture.body})

    def picture(self, workspace: str, mention: str) -> Picture | None:
        """The picture of a mention of a workspace, or None."""
        found = select(pictures.c.kind, pictures.c.body).where(
            pictures.c.mention == mention, pictures.c.workspace == workspace
        )
        row = self.connection.execute(found).first()
        return Picture(row.kind, row.body) if row else None

    def forget_pictures(self, mentions: Sequence[str]) -> None:
        """Remove the pictures of these mentions."""
        self.connection.execute(delete(pictures).where(pictures.c.mention.in_(mentions)))
