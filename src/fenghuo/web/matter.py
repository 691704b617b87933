"""What an alert is about, in words: harm first, and for people who do not read its posts."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from fenghuo.app import SOURCES
from fenghuo.domain.fact import Fact
from fenghuo.domain.level import LEVELS, Level, rank
from fenghuo.i18n import Language, say
from fenghuo.web.titles import Title

GRAVEST = ("death", "fire", "injury", "child", "hospital", "authority", "leak")
"""Cues in the order in which they are named when nothing tells which one most speak of."""
NAMED = 3
"""So many cues are named. More: the sentence at the head of a page is a list."""
FIRST = 3
"""So many alerts are shown where people look for what to do."""
NOTHING: Mapping[str, int] = {}
FEW = 20
"""A cue that one post in so many has, or more, is named with the story."""


class Matter(msgspec.Struct, frozen=True):
    """An alert as it is now, since when (ms, 0 unknown), and what it is about.

    `harm` are its grave cues, the gravest first; `what` is a phrase without a full stop; `title`
    words of a post that the reader can read, where there is one.
    """

    fact: Fact
    began: int
    harm: tuple[str, ...]
    what: str
    title: Title | None = None

    @property
    def of_sources(self) -> bool:
        """Whether it says that we hear less than we think."""
        return self.fact.story == SOURCES

    @property
    def of_story(self) -> bool:
        """Whether it is about one story, not about the brand as a whole."""
        return bool(self.fact.story) and not self.of_sources

    @property
    def place(self) -> tuple[bool, bool, int, int, int]:
        """Sorts the gravest first: harm before counts, and sources last."""
        fact = self.fact
        return self.of_sources, not self.harm, -rank(fact.level), -fact.mentions, self.began


def matter(
    fact: Fact, history: Sequence[Fact], language: Language, seen: Mapping[str, int] = NOTHING
) -> Matter:
    """What an alert is about: `fact` as it is now, `history` what was told of it, oldest first.

    Without a history it says less: not since when, and no harm that is no reason any more. `seen`
    is how many posts of its story tell of each cue: what most tell of goes first.
    """
    cues = {cue for told in (*history, fact) for cue in _cues(told)}
    known = [cue for cue in GRAVEST if cue in cues]
    harm = tuple(sorted(known, key=lambda cue: -seen.get(cue, 0)))
    began = history[0].at if history else 0
    return Matter(fact, began, harm, _what(fact, history, harm, language))


def foremost(matters: Iterable[Matter]) -> list[Matter]:
    """The gravest first; among the first three stands the one whose level is the highest."""
    ranked = sorted(matters, key=lambda one: one.place)
    highest = max(ranked, key=lambda one: rank(one.fact.level), default=None)
    if highest and ranked.index(highest) >= FIRST:
        ranked.remove(highest)
        ranked.insert(FIRST - 1, highest)
    return ranked


def harm_words(cues: Sequence[str], language: Language) -> str:
    """The first grave cues as a phrase that can stand at the head of a line, "" of none."""
    words = [say(f"warn.cue_short_{cue}", language) for cue in cues[:NAMED]]
    phrase = say("web.comma", language).join(words)
    if len(cues) > NAMED:
        phrase = say("web.and_others", language, named=phrase)
    return phrase[:1].upper() + phrase[1:]


def often(cues: Mapping[str, int], posts: int) -> list[str]:
    """The cues that tell what a story is about, the commonest first: not those of a few posts."""
    known = [cue for cue in GRAVEST if cues.get(cue, 0) >= max(1, posts / FEW)]
    return sorted(known, key=lambda cue: -cues[cue])


def reached(histories: Iterable[Sequence[Fact]], level: Level) -> list[tuple[Level, int]]:
    """When a level and the one under it were first reached, the lower first; blue only alone."""
    facts = sorted((f for told in histories for f in told), key=lambda f: f.at)
    found: list[tuple[Level, int]] = []
    for step in LEVELS[min(rank("yellow"), rank(level)) : rank(level) + 1]:
        at = next((f.at for f in facts if rank(f.level) >= rank(step)), 0)
        if at and found and found[-1][1] == at:
            found.pop()
        if at:
            found.append((step, at))
    return found[-2:]


def _cues(fact: Fact) -> Iterable[str]:
    return (cue for found in fact.reasons if found.kind == "grave" for cue in found.words)


def _what(fact: Fact, history: Sequence[Fact], harm: Sequence[str], language: Language) -> str:
    if fact.story == SOURCES:
        return say("web.matter_silent", language)
    if harm:
        return harm_words(harm, language)
    kinds = [found.kind for told in (fact, *history[::-1]) for found in told.reasons]
    return say(f"web.matter_{kinds[0]}" if kinds else f"web.type_{fact.type}", language)
