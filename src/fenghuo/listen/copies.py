"""Exact and near copies: reposts and copy-paste are recognised and counted as spread.

Method: MinHash over character 5-grams with LSH (Broder 1997), every candidate checked by its
estimated Jaccard likeness; exact copies by the folded text itself.
"""

import re
from collections import OrderedDict
from hashlib import blake2b

from rensa import RMinHash, RMinHashLSH

PERMUTATIONS, BANDS = 64, 16
LIKENESS = 0.8
SHORTEST = 24
"""Shorter texts ("thanks!", "same here") are alike by chance: only their exact copies by the
same words count when they are reposts."""
REMEMBERED = 20_000
"""Texts that are remembered for copies. Fewer: an old post that comes up again looks new."""

_NOISE = re.compile(r"https?://\S+|\brt\s+@\w+:?|@\w+|\s+")
SEED = 20260101


class Copies:
    """Remembers the texts of one watch's mentions; `find` answers the first of its kind.

    A text is kept as a digest and a sketch, never as words.
    """

    def __init__(self) -> None:
        """Starts empty; feed it the stored mentions of the last days after a restart."""
        self._exact: dict[bytes, str] = {}
        self._near = RMinHashLSH(LIKENESS, PERMUTATIONS, BANDS)
        self._known: OrderedDict[int, tuple[str, bytes, RMinHash]] = OrderedDict()
        self._posts: dict[tuple[str, str], str] = {}
        self._next = 0

    def __len__(self) -> int:
        """How many texts are remembered."""
        return len(self._known)

    def find(
        self,
        mention: str,
        key: tuple[str, str],
        text: str,
        repost_of: str = "",
        *,
        edited: bool = False,
    ) -> str:
        """The mention that this text repeats, or "" when it is the first; then it is remembered.

        `key` is (platform, native id); `repost_of` the native id of the post that it passes on.
        An edited text repeats only what has the very same words: what was added may be the news.
        A post that comes again teaches nothing, whatever is answered of it.
        """
        if key in self._posts:
            return ""
        original = self._posts.get((key[0], repost_of), "") if repost_of and not edited else ""
        plain = _NOISE.sub(" ", text.casefold()).strip()
        original = original or self._alike(mention, plain, near=not edited)
        self._posts[key] = original or mention
        if len(self._posts) > 2 * REMEMBERED:
            del self._posts[next(iter(self._posts))]
        return original

    def _alike(self, mention: str, plain: str, *, near: bool) -> str:
        if len(plain) < SHORTEST:
            return ""
        name = blake2b(plain.encode(), digest_size=16).digest()
        exact = self._exact.get(name)
        if exact:
            return exact
        sketch = RMinHash(PERMUTATIONS, SEED)
        sketch.update([plain[i : i + 5] for i in range(len(plain) - 4)])
        for candidate in sorted(self._near.query(sketch)) if near else ():
            if self._known[candidate][2].jaccard(sketch) >= LIKENESS:
                return self._known[candidate][0]
        self._remember(mention, name, sketch)
        return ""

    def _remember(self, mention: str, name: bytes, sketch: RMinHash) -> None:
        self._exact[name] = mention
        self._near.insert(self._next, sketch)
        self._known[self._next] = (mention, name, sketch)
        self._next += 1
        if len(self._known) > REMEMBERED:
            oldest, (_, name, _) = self._known.popitem(last=False)
            self._near.remove(oldest)
            del self._exact[name]
