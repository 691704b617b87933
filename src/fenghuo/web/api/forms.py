"""The forms of the JSON API's answers, as programs read them and as its description tells them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from fenghuo.domain.fact import Fact, Finding
from fenghuo.domain.level import Level
from fenghuo.domain.post import aware
from fenghuo.domain.understanding import CrisisType, CueName, Sentiment
from fenghuo.domain.understanding import Understanding as Meaning

Texts = Annotated[dict[str, str], Field(description="The same sentence by language: zh-CN, en.")]
Next = Annotated[
    str | None, Field(description="Give this as `after` for the next page; null at the end.")
]
Moment = Annotated[datetime, Field(description="UTC.")]


class Problem(BaseModel):
    """Every error of the API. `move` says whose turn it is: user, time, ours or nobody."""

    error: Annotated[str, Field(description="A stable name, such as access.token_scope.")]
    move: Literal["user", "time", "ours", "nobody"]
    text: Texts
    values: Annotated[dict[str, Any], Field(description="What the sentence was made with.")]


class Refusal(BaseModel):
    """Why item `index` of the call, counted from 0, was refused."""

    index: int
    error: str
    text: Texts


class TakenIn(BaseModel):
    """What became of each item; `accepted` ones are safe, `matched` of them hit a watch."""

    accepted: int
    matched: int
    duplicates: int
    rejected: list[Refusal]
    unknown_fields: list[str]


class CompetitorForm(BaseModel):
    """A competitor: its posts are found under its own `id` at `/api/v1/mentions?watch=`."""

    id: str
    brand: str
    query: str


class Stopped(Problem):
    """A call that was stopped: its first `looked_at` items are answered and safe, none after."""

    looked_at: int
    so_far: TakenIn


class WatchForm(BaseModel):
    """A watch and the gravest level that is open in it."""

    id: str
    brand: str
    query: str
    markets: list[str]
    languages: list[str]
    time_zone: str
    active: bool
    level: Level
    open_alerts: int
    competitors: list[CompetitorForm]


class Watches(BaseModel):
    """All watches of the workspace, oldest first."""

    watches: list[WatchForm]


class ListForm(BaseModel):
    """A named list, and the watches whose query, or that of a competitor, names it."""

    name: str
    entries: list[str]
    watches: Annotated[list[str], Field(description="Ids of watches.")]


class NamedLists(BaseModel):
    """All named lists of the workspace."""

    lists: list[ListForm]


class ReasonForm(BaseModel):
    """What a detector saw beside what is usual; `surprise` is -log10 of its chance."""

    kind: str
    seen: float
    usual: tuple[float, float]
    window_s: int
    surprise: float
    words: list[str]


class AlertForm(BaseModel):
    """The last word on an alert; `probability` is null until something calibrates it."""

    watch: str
    alert: str
    fact: str
    time: Moment
    level: Level
    type: str
    probability: float | None
    mentions: int
    reasons: list[ReasonForm]
    against: list[ReasonForm]
    examples: Annotated[list[str], Field(description="Ids of mentions.")]
    who: Annotated[str, Field(description="Id of the member whose word it was.")]
    who_name: Annotated[str, Field(description="Their name.")]
    note: str


class Alerts(BaseModel):
    """Alerts, the latest change first."""

    alerts: list[AlertForm]
    next: Next


class StoryForm(BaseModel):
    """The last word on a story."""

    watch: str
    story: str
    fact: str
    time: Moment
    type: str
    mentions: int
    examples: Annotated[list[str], Field(description="Ids of mentions.")]


class Stories(BaseModel):
    """Stories, the latest change first."""

    stories: list[StoryForm]
    next: Next


class CueForm(BaseModel):
    """A sign of grave harm and the words that show it."""

    cue: CueName
    p: float
    words: list[str]


class WhyForm(BaseModel):
    """What led to a judgement."""

    of: str
    words: list[str]
    examples: list[str]


class UnderstandingForm(BaseModel):
    """What a post means; the probabilities of each judgement sum to 1."""

    lang: str
    lang_p: float
    sentiment: dict[Sentiment, float]
    crisis_type: dict[CrisisType, float]
    cues: list[CueForm]
    why: list[WhyForm]
    model: str


class MentionForm(BaseModel):
    """A post that a watch matched; `understanding` is null until it was read."""

    id: str
    watch: str
    received: Moment
    story: str
    copy_of: str
    marks: list[str]
    post: dict[str, Any]
    understanding: UnderstandingForm | None


class Mentions(BaseModel):
    """Mentions, newest first."""

    mentions: list[MentionForm]
    next: Next


def alert_form(watch: str, fact: Fact, names: Mapping[str, str]) -> AlertForm:
    """An alert as its last fact tells it; `names` of members by id."""
    return AlertForm(
        watch=watch, alert=fact.alert, fact=fact.fact, time=aware(fact.at), level=fact.level,
        type=fact.type, probability=fact.probability, mentions=fact.mentions,
        reasons=[_reason(found) for found in fact.reasons],
        against=[_reason(found) for found in fact.against],
        examples=list(fact.examples), who=fact.who, who_name=names.get(fact.who, fact.who),
        note=fact.note,
    )  # fmt: skip


def story_form(watch: str, fact: Fact) -> StoryForm:
    """A story as its last fact tells it."""
    return StoryForm(
        watch=watch, story=fact.story, fact=fact.fact, time=aware(fact.at), type=fact.type,
        mentions=fact.mentions, examples=list(fact.examples),
    )  # fmt: skip


def understanding_form(found: Meaning) -> UnderstandingForm:
    """An understanding without its vector."""
    return UnderstandingForm.model_validate(
        {
            "lang": found.lang,
            "lang_p": found.lang_p,
            "sentiment": found.sentiment,
            "crisis_type": found.crisis_type,
            "cues": [{"cue": c.cue, "p": c.p, "words": list(c.words)} for c in found.cues],
            "why": [
                {"of": w.of, "words": list(w.words), "examples": list(w.examples)}
                for w in found.why
            ],
            "model": found.model,
        }
    )


def _reason(found: Finding) -> ReasonForm:
    return ReasonForm(
        kind=found.kind, seen=found.seen, usual=(round(found.low, 2), round(found.high, 2)),
        window_s=found.window_ms // 1000, surprise=found.surprise, words=list(found.words),
    )  # fmt: skip
