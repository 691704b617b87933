"""Whole workspaces as lines: read and taken, no other workspace touched.

What an archive leaves out stands in LEFT_OUT; a test holds that it reads every other table.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, insert, or_, select
from sqlalchemy.exc import DataError, IntegrityError

from fenghuo.domain.erased import AGED, REMOVED
from fenghuo.domain.errors import BadInput
from fenghuo.domain.post import Post
from fenghuo.ports.archive_store import (
    ChannelLine,
    DutyLine,
    Line,
    MemberLine,
    MentionLine,
    PictureLine,
    at_once,
)
from fenghuo.storage.access import memberships, people
from fenghuo.storage.archive_lines import QUERIES, keys, streams
from fenghuo.storage.archive_rows import rows_of
from fenghuo.storage.mentions import read_post
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import mentions, posts
from fenghuo.storage.words import Words

LEFT_OUT: Mapping[str, str] = {
    "passes": "secrets of sessions, tokens and invitations",
    "guests": "links that lead to this installation",
    "sign_in_failures": "of people, not of a workspace",
    "beats": "of this installation's parts",
    "samples": "posts that matched nothing; a source fills them anew",
    "mention_words": "made again of the posts",
    "translations": "made again by the translator",
    "forgotten": "forgetting begins again from the front and finds nothing to do",
    "brought": "of this installation's readers; counted anew",
}


class Archive(Repository):
    """Whole workspaces, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """As every repository."""
        super().__init__(connection)
        self._people: dict[str, str] = {}

    def lines(self, workspace: str, noun: str) -> Iterator[Line]:
        """The lines of a noun, in an order that the nouns alone decide."""
        query = QUERIES[noun]
        for key in self._keys(workspace, query.of):
            asked = query.rows(key)
            rows = self.connection.execute(asked, execution_options={"yield_per": at_once(noun)})
            yield from map(query.line, rows)

    def take(self, workspace: str, lines: Sequence[Line], tokens: Callable[[str], str]) -> None:
        """Insert lines of one noun; nothing that is there is touched."""
        try:
            self._take(workspace, lines, tokens)
        except IntegrityError as error:
            raise BadInput("archive.clash", str(error.orig)) from error
        except (DataError, OverflowError) as error:
            raise BadInput("archive.unfit", str(error)) from error

    def _keys(self, workspace: str, kind: str) -> list[str]:
        if kind == "workspace":
            return [workspace]
        asked = keys(workspace)
        if kind == "stream":
            return streams(workspace, list(self.connection.scalars(asked["watch"])))
        return list(self.connection.scalars(asked[kind]))

    def _take(self, workspace: str, lines: Sequence[Line], tokens: Callable[[str], str]) -> None:
        rows: dict[Table, list[dict[str, Any]]] = {}
        self._own([line.mention for line in lines if isinstance(line, PictureLine)], workspace)
        for line in lines:
            if isinstance(line, MemberLine):
                self._take_member(workspace, line)
                continue
            for table, row in rows_of(self._of_our_people(line), workspace):
                rows.setdefault(table, []).append(row)
        heard = [line for line in lines if isinstance(line, MentionLine)]
        found = self._posts(workspace, heard)
        for line, row in zip(heard, rows.get(mentions, []), strict=True):
            number, post = found[line.platform, line.native]
            row |= {"post": number, "country": post.country, "kind": post.kind}
        for table, made in rows.items():
            self.connection.execute(insert(table), made)
        self._index(
            [(m.id, found[m.platform, m.native][1]) for m in heard if _has_words(m)], tokens
        )

    def _own(self, named: Sequence[str], workspace: str) -> None:
        """BadInput when one of these mentions is not of the workspace."""
        if not named:
            return
        known = select(mentions.c.id).where(
            mentions.c.id.in_(named), mentions.c.workspace == workspace
        )
        for name in sorted(set(named) - set(self.connection.scalars(known))):
            raise BadInput("archive.foreign", f"picture of {name}", what=name[:100])

    def _take_member(self, workspace: str, line: MemberLine) -> None:
        """Who is here already, by identity or address, stays as they are and joins."""
        person = line.person
        same = or_(people.c.id == person.id, people.c.email == person.email)
        here = self.connection.scalar(select(people.c.id).where(same))
        if here is None:
            row = {"id": person.id, "email": person.email, "password": ""}
            body = msgspec.msgpack.encode(person)
            self.connection.execute(insert(people), row | {"body": body})
        self._people[person.id] = here or person.id
        joined = {"workspace": workspace, "person": here or person.id}
        self.connection.execute(insert(memberships), joined | {"roles": " ".join(line.roles)})

    def _of_our_people(self, line: Line) -> Line:
        """The line, naming people as they are known here."""
        if isinstance(line, DutyLine):
            known = self._people.get(line.duty.person.member, line.duty.person.member)
            person = msgspec.structs.replace(line.duty.person, member=known)
            return DutyLine(msgspec.structs.replace(line.duty, person=person))
        if isinstance(line, ChannelLine):
            known = self._people.get(line.channel.member, line.channel.member)
            return ChannelLine(msgspec.structs.replace(line.channel, member=known))
        return line

    def _posts(
        self, workspace: str, heard: Sequence[MentionLine]
    ) -> Mapping[tuple[str, str], tuple[int, Post]]:
        """The posts of mentions with their numbers here; BadInput when one is missing."""
        natives: dict[str, list[str]] = {}
        for line in heard:
            natives.setdefault(line.platform, []).append(line.native)
        found: dict[tuple[str, str], tuple[int, Post]] = {}
        for platform, names in natives.items():
            known = select(posts.c.native, posts.c.number, posts.c.body).where(
                posts.c.workspace == workspace,
                posts.c.platform == platform,
                posts.c.native.in_(names),
            )
            rows = self.connection.execute(known)
            found |= {(platform, name): (number, read_post(body)) for name, number, body in rows}
        for line in heard:
            if (line.platform, line.native) not in found:
                raise BadInput("archive.part_missing", f"post of mention {line.id}", what=line.id)
        return found

    def _index(self, heard: Sequence[tuple[str, Post]], tokens: Callable[[str], str]) -> None:
        """Full text of mentions that were just inserted, by id and post."""
        if not heard:
            return
        ids = [name for name, _ in heard]
        numbers = select(mentions.c.id, mentions.c.number).where(mentions.c.id.in_(ids))
        known = dict(self.connection.execute(numbers).all())
        Words(self.connection).add_words((known[name], tokens(post.words)) for name, post in heard)


def _has_words(line: MentionLine) -> bool:
    return not {REMOVED, AGED} & set(line.marks)
