"""Telling people: the loop step that makes due calls, and what their links answer."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec
from msgspec.structs import replace

from fenghuo.domain.duty import Call, Person
from fenghuo.domain.errors import BadInput, FenghuoError, Missing, UserMove
from fenghuo.domain.fact import ENDED, Fact
from fenghuo.domain.handed import kept_inside
from fenghuo.domain.log import Judged
from fenghuo.domain.post import millis
from fenghuo.listen import Listen
from fenghuo.ports.attempt import Attempt, at_once
from fenghuo.ports.channel import Message, Receipt
from fenghuo.ports.clock import Clock
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.ports.store import Store, Transaction
from fenghuo.ports.telling_store import Behind
from fenghuo.prepare import Prepare, digest, link
from fenghuo.warn import calls as rules
from fenghuo.warn.calls import LEASE, Subject, Team, occasion, plan
from fenghuo.warn.letter import About, letter
from fenghuo.warn.quote import quote

LINK_LIVES = timedelta(hours=24)
"""A link answers for so long. Longer: an old message in a group still speaks for somebody."""


Outcome = Receipt | FenghuoError


class Claim(msgspec.Struct, frozen=True):
    """A call that this process has taken, and the message that it carries."""

    call: Call
    subject: Subject
    message: Message


class Shown(msgspec.Struct, frozen=True):
    """What a link shows before it is pressed. `problem` says why there is nothing to press.

    `calls` are all calls of the alert in turn, `opened` its first time in milliseconds UTC,
    `quoted` an example post that anybody may see who holds the link.
    """

    call: Call
    brand: str
    fact: Fact
    opened: int
    calls: tuple[Call, ...]
    quoted: str = ""
    problem: BadInput | None = None

    @property
    def open(self) -> bool:
        """Whether pressing acknowledges."""
        return self.problem is None


class Telling:
    """Sees to it that somebody knows."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        listen: Listen,
        prepare: Prepare,
        tokens: Callable[[], str],
        public_url: str = "",
    ) -> None:
        """`listen` and `prepare` are the faces of rooms to the left."""
        self._store = store
        self._clock = clock
        self._listen = listen
        self._prepare = prepare
        self._tokens = tokens
        self._public_url = public_url
        self._unkept: list[tuple[Claim, Outcome]] = []

    def call_due(self, attempt: Attempt = at_once) -> int:
        """One round; answers how many calls were made.

        1. Facts that are new since the last round say who must be called, as rows; 2. due rows
        are claimed, each in a transaction; 3. their messages go out at the same time; 4. each
        outcome is kept together with the call that follows from it, in a later round if it
        cannot be kept in this one.
        """
        with self._store.reading() as tx:
            behind = tx.telling.behind()
            if not (behind or self._unkept or self._ripe(tx)):
                return 0
        for some in behind:
            attempt(f"facts of {some.watch}", partial(self._look, some))
        claims = self._claim(attempt)
        messages = [(c.call.workspace, c.call.channel, c.message) for c in claims]
        known, self._unkept = self._unkept, []
        known += zip(claims, self._prepare.send(messages), strict=True)
        for claim, outcome in known:
            if not attempt(f"outcome of {claim.call.id}", partial(self._keep, claim, outcome)):
                self._unkept.append((claim, outcome))
        return len(claims)

    def calls(self, watch: str, alert: str) -> list[Call]:
        """Every call about an alert, in turn: who was told when, who is next."""
        with self._store.reading() as tx:
            return tx.telling.calls(watch, alert)

    def show(self, token: str) -> Shown:
        """What a link is about; spends nothing. BadInput for a link that is not ours."""
        with self._store.reading() as tx:
            call = self._of(tx, token)
            facts = tx.warn.alert_facts(call.watch, call.alert)
            made = tuple(tx.telling.calls(call.watch, call.alert))
            problem = self._problem(tx, call, facts)
            quoted = self._quoted(tx, facts[-1], call.workspace, public=True)
            brand = self._listen.watch_in(tx, call.watch).watch.brand
        return Shown(call, brand, facts[-1], facts[0].at, made, quoted, problem)

    def answer(self, token: str, who: str = "", now: datetime | None = None) -> Call:
        """Acknowledge the alert of a link, by `who` (a member's id; "" for the one it was sent to).

        Raises BadInput when the link is not ours or too old, or the alert needs no answer any more.
        """
        with self._store.transaction() as tx:
            call = self._of(tx, token)
            tx.telling.lock(call.watch)
            call = self._of(tx, token)
            now = now or self._clock.now(call.workspace)
            facts = tx.warn.alert_facts(call.watch, call.alert)
            asked = self._asked(tx, call, facts, now)
            by = who or call.member
            done = rules.answered(call, asked, now, by)
            self._save(tx, [done], now)
            self._plan(tx, _subject(self._listen.watch_in(tx, call.watch), call.alert), now)
            judged = Judged(call.alert, "acknowledged", by)
            self._listen.decide(tx, call.watch, millis(now), judged)
        return done

    def judge(self, workspace: str, watch: str, judged: Judged) -> None:
        """A member's word on an alert of a watch: it goes into the log, and becomes a fact there.

        An acknowledgement stops the calls at once, whatever keeps the engine. Missing when there
        is no such alert; BadInput when it has ended, or is dismissed without a reason.
        """
        if judged.verdict == "dismissed" and not judged.reason.strip():
            raise BadInput("warn.reason_missing")
        now = self._clock.now(workspace)
        with self._store.transaction() as tx:
            tx.telling.lock(watch)
            facts = tx.warn.alert_facts(watch, judged.alert)
            if not facts:
                raise Missing("warn.no_alert", alert=judged.alert)
            if facts[-1].fact in ENDED:
                raise BadInput("warn.alert_ended", alert=judged.alert)
            if judged.verdict == "acknowledged":
                made = tx.telling.calls(watch, judged.alert)
                self._save(tx, rules.stopped(made, facts, now, judged.who), now)
                self._plan(tx, _subject(self._listen.watch_in(tx, watch), judged.alert), now)
            self._listen.decide(tx, watch, millis(now), judged)

    def _look(self, behind: Behind) -> int:
        now = self._clock.now(behind.workspace)
        with self._store.transaction() as tx:
            watch = self._listen.watch_in(tx, behind.watch)
            tx.telling.lock(watch.id)
            facts = tx.warn.facts(watch.id, behind.after)
            alerts = dict.fromkeys(f.alert for f in facts if f.fact.startswith("alert_"))
            for alert in alerts:
                self._plan(tx, _subject(watch, alert), now)
            tx.telling.looked_at(watch.id, facts[-1].seq)
        return len(facts)

    def _ripe(self, tx: Transaction) -> list[tuple[str, str, datetime]]:
        """(watch, alert, now in its workspace) of alerts with a call to make or to bury."""
        nows = {name: self._clock.now(name) for name in tx.telling.workspaces()}
        return [
            (watch, alert, now)
            for workspace, now in nows.items()
            for watch, alert in tx.telling.ripe(workspace, now, now - LEASE)
        ]

    def _claim(self, attempt: Attempt) -> list[Claim]:
        claims: list[Claim] = []
        with self._store.reading() as tx:
            ripe = self._ripe(tx)

        def claim(name: str, alert: str, now: datetime) -> int:
            with self._store.transaction() as tx:
                watch = self._listen.watch_in(tx, name)
                tx.telling.lock(name)
                taken = self._claim_of(tx, _subject(watch, alert), watch, now)
            claims.extend(taken)
            return len(taken)

        for watch, alert, now in ripe:
            attempt(f"calls of {watch}/{alert}", partial(claim, watch, alert, now))
        return claims

    def _claim_of(
        self, tx: Transaction, subject: Subject, watch: StoredWatch, now: datetime
    ) -> list[Claim]:
        while True:
            made, team = self._plan(tx, subject, now)
            due = [c for c in made if c.state == "due" and c.due_at <= now]
            if not due:
                return []
            token = "c" + self._tokens()
            call = rules.claimed(due[0], digest(token), now)
            person = next((p for p in team.people if p.member == call.member), None)
            if person is not None and call.channel:
                self._save(tx, [call], now)
                return [Claim(call, subject, self._letter(tx, call, person, team, watch, token))]
            # Nobody to call, or no way to reach them: kept as a failure, and on to the next.
            self._save(tx, [_unreachable(call)], now)

    def _keep(self, claim: Claim, outcome: Outcome) -> int:
        error = outcome if isinstance(outcome, FenghuoError) else None
        now = self._clock.now(claim.call.workspace)
        with self._store.transaction() as tx:
            tx.telling.lock(claim.call.watch)
            made = tx.telling.calls(claim.call.watch, claim.call.alert)
            call = next(c for c in made if c.id == claim.call.id)
            done = rules.failed(call, error.key, error.values) if error else rules.sent(call, now)
            self._save(tx, [done], now)
            self._plan(tx, claim.subject, now)
        return 1

    def _plan(self, tx: Transaction, subject: Subject, now: datetime) -> tuple[list[Call], Team]:
        """Plan under the lock; answers every call of the alert as it now stands, and the team."""
        facts = tx.warn.alert_facts(subject.watch, subject.alert)
        if not self._prepare.tells(tx, subject.workspace):
            facts = []
        made = tx.telling.calls(subject.watch, subject.alert)
        asked = occasion(facts)
        team = Team()
        if asked:
            people, owner = self._prepare.team(tx, subject.workspace, now, asked.level)
            team = Team(tuple(people), owner)
        changed = plan(subject, facts, made, team, now)
        self._save(tx, changed, now)
        return list({c.id: c for c in (*made, *changed)}.values()), team

    def _letter(
        self,
        tx: Transaction,
        call: Call,
        person: Person,
        team: Team,
        watch: StoredWatch,
        token: str,
    ) -> Message:
        facts = tx.warn.alert_facts(call.watch, call.alert)
        window = rules.window(call.level, person)
        taken = rules.in_hand_before(facts)
        about = About(
            facts[-1],
            watch.watch.brand,
            facts[0].at,
            call.level,
            round(window / timedelta(minutes=1)) if window else 0,
            link(self._public_url, token),
            call.owner,
            self._quoted(tx, _newest_first(facts[-1]) if taken else facts[-1], call.workspace),
            alone=rules.is_alone(person, team, facts),
            taken=self._prepare.name_of(call.workspace, taken) if taken else "",
        )
        return letter(about, person)

    def _quoted(self, tx: Transaction, fact: Fact, place: str, *, public: bool = False) -> str:
        """An example post that a message, or the `public` page of its link, may carry; "" none."""
        for mention in self._listen.named_in(tx, place, fact.examples):
            inside = kept_inside(mention.post, mention.marks) if public else mention.post.private
            if mention.post.words and not (inside or mention.excluded):
                return quote(mention.post.words)
        return ""

    def _problem(self, tx: Transaction, call: Call, facts: Sequence[Fact]) -> BadInput | None:
        try:
            self._asked(tx, call, facts, self._clock.now(call.workspace))
        except BadInput as error:
            return error
        return None

    @staticmethod
    def _of(tx: Transaction, token: str) -> Call:
        call = tx.telling.by_token(digest(token))
        if call is None:
            raise BadInput("telling.link_unknown")
        return call

    def _asked(
        self, tx: Transaction, call: Call, facts: Sequence[Fact], now: datetime
    ) -> rules.Occasion:
        """What the link can still answer; BadInput when it cannot."""
        if now - (call.claimed_at or now) > LINK_LIVES:
            raise BadInput("telling.link_expired")
        asked = occasion(facts)
        answers = [c for c in tx.telling.calls(call.watch, call.alert) if c.state == "answered"]
        if asked and not rules.is_answered(asked, answers):
            return asked
        by = [f.who for f in facts if f.fact == "alert_acknowledged"]
        by += [c.answered_by or c.member for c in answers]
        if by and (asked or facts[-1].fact not in ENDED):
            name = self._prepare.name_of(call.workspace, by[-1])
            raise BadInput("telling.already_answered", who=name)
        raise BadInput("telling.alert_over")

    @staticmethod
    def _save(tx: Transaction, made: Sequence[Call], now: datetime) -> None:
        tx.telling.save(made)
        for call in made:
            tx.telling.record(call.watch, millis(now), f"call_{call.state}", call)


def _newest_first(fact: Fact) -> Fact:
    """A story's alert keeps the post that began it in front: what is new stands behind that."""
    if not fact.story:
        return fact
    return replace(fact, examples=(*fact.examples[1:], *fact.examples[:1]))


def _subject(watch: StoredWatch, alert: str) -> Subject:
    settings = watch.watch
    return Subject(watch.workspace, watch.id, alert, settings.quiet_hours, settings.time_zone)


def _unreachable(call: Call) -> Call:
    error = (
        UserMove("telling.no_channel", name=call.name)
        if call.member
        else UserMove("telling.nobody")
    )
    return rules.failed(call, error.key, error.values)
