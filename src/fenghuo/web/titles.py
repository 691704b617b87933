"""The words that stand for a story: of a post that the reader can read, where there is one."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from fenghuo.domain.fact import Fact
from fenghuo.i18n import Language
from fenghuo.ports.listen_store import StoredMention
from fenghuo.web.asking import Asking

TRIED = 5
"""Posts that are looked at for words where no example has any."""
Told = tuple[str, Fact]
"""A watch and a story or an alert of it."""


class Title(msgspec.Struct, frozen=True):
    """Words of a post, their language, and whether that is the reader's own."""

    mention: StoredMention
    words: str
    lang: str
    own: bool


def titles(asking: Asking, told: Sequence[Told]) -> dict[tuple[str, str], Title]:
    """By watch and story the title of each, without words where no post has any more.

    An example in the reader's language goes first when it tells of the same kind of thing; where
    no example has words, any post of the story serves.
    """
    wanted = [name for _, fact in told for name in fact.examples]
    known = {m.id: m for m in asking.app.listen.named(asking.workspace, wanted)}
    found: dict[tuple[str, str], Title] = {}
    for watch, fact in told:
        mentions = _worded(fact.examples, known) or _any_post(asking, watch, fact.story)
        if mentions:
            found[watch, fact.story] = _best(mentions, fact.type, asking.language)
    return found


def readable(
    mentions: Iterable[StoredMention], harm: Sequence[str], language: Language
) -> Title | None:
    """A post in the reader's language that tells of this harm, or of anything where there is none.

    None when there is no such post.
    """
    for mention in mentions:
        title = _title(mention, language)
        cues = {c.cue for c in mention.understanding.grave} if mention.understanding else set()
        if title.own and _has_words(mention) and (not harm or not cues.isdisjoint(harm)):
            return title
    return None


def _any_post(asking: Asking, watch: str, story: str) -> list[StoredMention]:
    """Its first posts, those with words if there are any."""
    names = asking.app.warn.mentions_of(watch, story)[:TRIED]
    posts = [m for m in asking.app.listen.named(asking.workspace, names) if not m.excluded]
    return [m for m in posts if _has_words(m)] or posts


def _worded(names: Iterable[str], known: Mapping[str, StoredMention]) -> list[StoredMention]:
    return [known[name] for name in names if name in known and _has_words(known[name])]


def _has_words(mention: StoredMention) -> bool:
    return not mention.excluded and bool(mention.post.words.strip())


def _best(mentions: Sequence[StoredMention], kind: str, language: Language) -> Title:
    made = [_title(mention, language) for mention in mentions]
    return next((t for t in made if t.own and _kind(t.mention) == kind), made[0])


def _kind(mention: StoredMention) -> str:
    found = mention.understanding
    return max(found.crisis_type, key=found.crisis_type.__getitem__) if found else ""


def _title(mention: StoredMention, language: Language) -> Title:
    found = mention.understanding
    lang = found.lang if found else mention.post.lang
    own = "zh" if language == "zh-CN" else "en"
    return Title(mention, mention.post.words.strip(), lang, lang.split("-")[0] == own)
