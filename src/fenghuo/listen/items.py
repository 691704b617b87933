"""A body cut into items as it comes: the lines of NDJSON, or the elements of a JSON array.

Nothing is decoded here, so that an item that is wrong harms no other; of an array only the
brackets and the strings are followed. Memory stays that of one part and one item.
"""

import re
from collections.abc import Sequence

from fenghuo.domain.errors import BadInput
from fenghuo.listen.intake import LINE_LONGEST

UTF8_MARK = b"\xef\xbb\xbf"
"""What many programs write in front of a file; it belongs to no item."""
BLANK = b" \t\r\n"
PACKED = (b"\x1f\x8b", b"\xfd7zXZ\x00", b"PK\x03\x04", b"(\xb5/\xfd")
"""How what gzip, xz, zip and zstd have packed begins."""

_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_IN_BRACKETS = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+", re.S)
_BARE = re.compile(rb'(?:[^"\[\]{},]++|' + _STRING + rb")*+", re.S)
_REST_OF_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.S)
_SPACE = re.compile(rb"[ \t\r\n]*+")
_CLOSES = {ord("]"): ord("["), ord("}"): ord("{")}


def items_of(body: bytes) -> list[bytes]:
    """The items of a whole body; BadInput says where an array is broken."""
    items = Items()
    return [*items.feed(body), *items.end()]


def check_lines(first: Sequence[bytes]) -> None:
    """BadInput when the first two lines show a post that is spread over many of them.

    A line that begins with a quotation mark is no post, so that no good line is refused by it.
    """
    if len(first) > 1 and first[0].strip() == b"{" and first[1].lstrip().startswith(b'"'):
        raise BadInput("intake.one_a_line")


class Items:
    """Feed it the parts of a body in order; it answers the items that are complete."""

    def __init__(self) -> None:
        """What the body is, its first sign that is no space says."""
        self._head = b""
        self._inside: _Lines | _Array | None = None

    def feed(self, part: bytes) -> list[bytes]:
        """The items that this part completes; BadInput where an array is broken.

        BadInput too when it is a packed file, or one post stands on many lines.
        """
        if self._inside is None:
            self._head += part
            if len(self._head) < len(UTF8_MARK) and UTF8_MARK.startswith(self._head):
                return []
            begin = self._head.removeprefix(UTF8_MARK).lstrip(BLANK)
            if any(mark.startswith(begin[: len(mark)]) for mark in PACKED):
                if begin.startswith(PACKED):
                    raise BadInput("intake.packed")
                return []
            before = len(self._head) - len(begin)
            self._inside = _Array(before) if begin[:1] == b"[" else _Lines()
            part = begin
        return self._inside.feed(part)

    def end(self) -> list[bytes]:
        """The last item, if it was still open; BadInput when an array is not closed."""
        if self._inside is None:
            rest = self._head.removeprefix(UTF8_MARK).strip(BLANK)
            return [rest] if rest else []
        return self._inside.end()


class _Open:
    """An item of which parts have come. What is too long is cut, so that its reader refuses it."""

    def __init__(self) -> None:
        self._parts = bytearray()

    def add(self, part: bytes) -> None:
        self._parts += part[: max(LINE_LONGEST + 1 - len(self._parts), 0)]

    def close(self) -> bytes:
        whole = bytes(self._parts)
        self._parts.clear()
        return whole


class _Lines:
    """Lines end at LF only: U+2028 is part of a text."""

    def __init__(self) -> None:
        self._open = _Open()
        self._first: list[bytes] = []
        self._looked = False

    def feed(self, part: bytes) -> list[bytes]:
        first, *rest = part.split(b"\n")
        self._open.add(first)
        found = []
        for line in rest:
            found.append(self._open.close())
            self._open.add(line)
        lines = [line for line in found if line.strip()]
        return lines if self._looked else self._look(lines, 2)

    def end(self) -> list[bytes]:
        last = self._open.close()
        lines = [last] if last.strip() else []
        return lines if self._looked else self._look(lines, 0)

    def _look(self, lines: list[bytes], least: int) -> list[bytes]:
        """Hold lines back until there are so many to be looked at together."""
        self._first += lines
        if len(self._first) < least:
            return []
        check_lines(self._first)
        self._looked = True
        return self._first


class _Array:
    """Follows brackets and strings; knows where it is for the message when something is wrong."""

    def __init__(self, before: int) -> None:
        self._before = before  # bytes of the body before the part
        self._items = 0
        self._open = _Open()
        self._brackets = bytearray()
        self._in_string = False
        self._rest = b""
        self._wanted = "start"

    def feed(self, part: bytes) -> list[bytes]:
        data = self._rest + part
        self._rest = b""
        found: list[bytes] = []
        at = 0
        while at < len(data):
            if self._wanted == "inside":
                at = self._through(data, at, found)
            else:
                at = self._between(data, at)
        self._before += len(data) - len(self._rest)
        return found

    def end(self) -> list[bytes]:
        if self._wanted != "over":
            raise BadInput("intake.array_open", item=self._items, byte=self._before)
        return []

    def _between(self, data: bytes, at: int) -> int:
        """Past a bracket or a comma that stands between items, or to where an item begins."""
        space = _SPACE.match(data, at)
        at = space.end() if space else at
        if at == len(data):
            return at
        sign = data[at : at + 1]
        wanted = self._wanted
        if wanted == "start":
            self._wanted = "first"
        elif sign == b"]" and wanted in {"first", "comma"}:
            self._wanted = "over"
        elif sign == b"," and wanted == "comma":
            self._wanted = "item"
        elif wanted in {"first", "item"} and sign not in (b",", b"]", b"}"):
            self._wanted = "inside"
            return at
        else:
            raise self._broken(at)
        return at + 1

    def _through(self, data: bytes, at: int, found: list[bytes]) -> int:
        """On through an item to its next bracket, to its end or to that of the part."""
        begin = at
        if self._in_string:
            at = self._out_of_string(data, at)
        if not self._in_string:
            boring = (_IN_BRACKETS if self._brackets else _BARE).match(data, at)
            at = boring.end() if boring else at
        if at < len(data) and not self._in_string:
            at = self._sign(data, at)
        if self._wanted == "inside":
            # A backslash at the end of a part waits for the sign that belongs to it.
            end = at if not self._rest else len(data) - len(self._rest)
            self._open.add(data[begin:end])
            return at
        self._open.add(data[begin:at])
        found.append(self._open.close())
        self._items += 1
        return at

    def _sign(self, data: bytes, at: int) -> int:
        sign = data[at]
        if sign == ord('"'):
            self._in_string = True
            return self._out_of_string(data, at + 1)
        if sign in b"[{":
            self._brackets.append(sign)
            return at + 1
        if self._brackets:
            if self._brackets.pop() != _CLOSES[sign]:
                raise self._broken(at)
            if not self._brackets:
                self._wanted = "comma"
            return at + 1
        if sign == ord("}"):
            raise self._broken(at)
        self._wanted = "comma"  # behind a bare value: the comma or the array's end is still to come
        return at

    def _out_of_string(self, data: bytes, at: int) -> int:
        rest = _REST_OF_STRING.match(data, at)
        at = rest.end() if rest else at
        if at < len(data) and data[at] == ord('"'):
            self._in_string = False
            return at + 1
        self._rest = data[at:]
        return len(data)

    def _broken(self, at: int) -> BadInput:
        return BadInput("intake.array_broken", item=self._items, byte=self._before + at + 1)
