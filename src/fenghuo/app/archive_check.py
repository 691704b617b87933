"""Holds an archive to its own word before anything of it is taken.

Lines come in the order of NOUNS. Every line must belong to the archive's own workspace and
watches: an archive can then write nothing into what is somebody else's. Logs must be whole, and
facts must follow from one another (domain/chain.py).
"""

from collections.abc import Sequence
from functools import singledispatchmethod

import msgspec

from fenghuo.domain.chain import digest, link, start
from fenghuo.domain.errors import BadInput
from fenghuo.domain.named_list import NamedList
from fenghuo.listen import (
    check_name,
    check_watch,
    parse,
    queries_of,
    read_entries,
    read_mapping,
    read_picture,
)
from fenghuo.ports.archive_store import (
    CallLine,
    ChannelLine,
    DutyLine,
    FactLine,
    Line,
    ListLine,
    LogLine,
    MappingLine,
    MemoryLine,
    MentionLine,
    PictureLine,
    PlaceLine,
    SourceLine,
    ToldLine,
    UnmatchedLine,
    WakeLine,
    WatchLine,
)
from fenghuo.prepare import check


class Check:
    """Remembers ends and names only, so its size does not follow the archive's."""

    def __init__(self, workspace: str) -> None:
        """`workspace` is the id that the manifest names."""
        self._workspace = workspace
        self._places = 0
        self._lists: dict[str, Sequence[str]] = {}
        self._watches: set[str] = set()
        self._sources: set[str] = set()
        self._logs: dict[str, tuple[int, int]] = {}
        own = f"workspace:{workspace}"
        self._chains: dict[str, tuple[int, bytes]] = {own: (0, start(own))}

    @singledispatchmethod
    def see(self, line: Line) -> None:
        """The next line; BadInput when it does not fit what came before."""

    @see.register
    def _place(self, line: PlaceLine) -> None:
        self._places += 1
        self._own(line.workspace.id)

    @see.register
    def _list(self, line: ListLine) -> None:
        name = line.named.name
        try:
            fits = NamedList(check_name(name), read_entries(line.named.entries)) == line.named
        except BadInput as error:
            raise BadInput("archive.foreign", str(error), what=name[:100]) from error
        if not fits:
            raise BadInput("archive.foreign", what=name[:100])
        self._lists[name] = line.named.entries

    @see.register
    def _watch(self, line: WatchLine) -> None:
        if line.active or not line.rival_of:
            self._readable(line)
        self._watches.add(line.id)
        for kind in ("watch", "calls"):
            stream = f"{kind}:{line.id}"
            self._chains[stream] = (0, start(stream))

    @see.register
    def _mention(self, line: MentionLine) -> None:
        self._known(line.watch)

    @see.register
    def _picture(self, line: PictureLine) -> None:
        # What we show under the name of a picture must be one.
        try:
            fits = read_picture(line.picture.body) == line.picture
        except BadInput as error:
            raise BadInput("archive.foreign", str(error), what=line.mention[:100]) from error
        if not fits:
            raise BadInput("archive.foreign", line.picture.kind, what=line.mention[:100])

    @see.register
    def _mapping(self, line: MappingLine) -> None:
        if read_mapping(bytes(line.mapping)).name != line.name:
            raise BadInput("archive.foreign", what=line.name[:100])

    @see.register
    def _log(self, line: LogLine) -> None:
        self._known(line.watch)
        position, until = self._logs.get(line.watch, (0, 0))
        if line.position != position + 1 or line.row.until < until:
            raise BadInput("archive.foreign", f"{line.watch} {line.position}", what=line.watch)
        self._logs[line.watch] = (line.position, line.row.until)

    @see.register
    def _memory(self, line: MemoryLine) -> None:
        self._known(line.watch)
        if line.position > self._logs.get(line.watch, (0, 0))[0]:
            raise BadInput("archive.foreign", f"memory {line.position}", what=line.watch)

    @see.register
    def _fact(self, line: FactLine) -> None:
        if line.stream not in self._chains:
            raise BadInput("archive.foreign", what=line.stream[:100])
        seq, head = self._chains[line.stream]
        found = digest(bytes(line.body))
        if (line.seq, line.digest) != (seq + 1, found) or line.link != link(head, line.seq, found):
            raise BadInput("archive.chain_broken", what=line.stream, seq=line.seq)
        try:
            _ = line.head
        except msgspec.ValidationError as error:
            raise BadInput("archive.foreign", str(error), what=line.stream) from error
        self._chains[line.stream] = (line.seq, line.link)

    @see.register
    def _source(self, line: SourceLine) -> None:
        self._own(line.source.workspace)
        self._sources.add(line.source.id)

    @see.register
    def _unmatched(self, line: UnmatchedLine) -> None:
        if line.source not in self._sources:
            raise BadInput("archive.foreign", what=line.source[:100])

    @see.register
    def _duty(self, line: DutyLine) -> None:
        self._own(line.duty.workspace)
        try:
            check(line.duty)
        except BadInput as error:
            raise BadInput("archive.foreign", str(error), what=line.duty.id[:100]) from error

    @see.register
    def _channel(self, line: ChannelLine) -> None:
        self._own(line.channel.workspace)

    @see.register
    def _wake(self, line: WakeLine) -> None:
        self._own(line.test.workspace)

    @see.register
    def _call(self, line: CallLine) -> None:
        self._own(line.call.workspace)
        self._known(line.call.watch)

    @see.register
    def _told(self, line: ToldLine) -> None:
        self._known(line.watch)

    def _readable(self, line: WatchLine) -> None:
        """A watch that cannot be read would keep all the others from hearing anything."""
        try:
            check_watch(line.watch)
            for query in queries_of(line.watch):
                parse(query, lists=self._lists, use="watch")
        except BadInput as error:
            raise BadInput("archive.foreign", str(error), what=line.id[:100]) from error

    def end(self) -> None:
        """All was seen; BadInput when the workspace itself is not there once."""
        if self._places != 1:
            raise BadInput("archive.part_missing", what="workspace.jsonl")

    def _own(self, workspace: str) -> None:
        if workspace != self._workspace:
            raise BadInput("archive.foreign", what=workspace[:100])

    def _known(self, watch: str) -> None:
        if watch not in self._watches:
            raise BadInput("archive.foreign", what=watch[:100])
