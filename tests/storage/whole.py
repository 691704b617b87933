"""A workspace with something of every noun in it, for the tests of archives."""

from collections.abc import Sequence

from fakes.pictures import png
from hypothesis import strategies as st
from storage.rows import MINUTE, START, erase, fact, log_rows, posts, understanding

from fenghuo.domain.duty import Call, ChannelAddress, Duty, Person, WakeTest, Weekly
from fenghuo.domain.errors import OurMove
from fenghuo.domain.identity import identity
from fenghuo.domain.log import Row
from fenghuo.domain.named_list import NamedList
from fenghuo.domain.people import Person as Member
from fenghuo.domain.people import Workspace
from fenghuo.domain.picture import Picture
from fenghuo.domain.post import Post, aware
from fenghuo.domain.source import Health, Source, failed, read_well
from fenghuo.domain.watch import KnownEvent, Watch
from fenghuo.ports.access_store import Pass
from fenghuo.ports.listen_store import StoredMention, StoredWatch
from fenghuo.ports.warn_store import Remembered
from fenghuo.storage import Database, Transaction
from fenghuo.warn import State, to_bytes

SECRET = "sealed-secret"
"""Stands wherever a secret is kept; no archive may hold it."""
Heard = tuple[Post, int, str]

heard = st.lists(
    st.tuples(posts, st.integers(0, 1), st.sampled_from(["new", "understood", "erased"])),
    max_size=6,
    unique_by=lambda h: (h[0].platform, h[0].id),
)
log = st.lists(st.integers(0, 2**50), max_size=5).flatmap(
    lambda ends: st.tuples(*(log_rows(end) for end in sorted(ends)))
)


def fill(
    database: Database, place: str, heard: Sequence[Heard] = (), rows: Sequence[Row] = ()
) -> None:
    """Put a whole workspace into a database; `place` makes all its identities."""
    with database.transaction() as tx:
        _people(tx, place)
        watches = [_watch(tx, place, number) for number in range(2)]
        _mentions(tx, place, heard, watches)
        tx.listen.append(watches[0], rows)
        tx.warn.remember(watches[0], Remembered(len(rows), to_bytes(State(mentions=7))))
        found = [fact(1, alert="a1"), fact(2, "story_opened", story="s1")]
        tx.warn.add_facts(watches[0], found)
        _sources(tx, place)
        _telling(tx, place, watches[0])


def _people(tx: Transaction, place: str) -> None:
    tx.access.save_workspace(Workspace(place, f"Name of {place}"))
    for name in ("chen", "li"):
        person = Member(f"{place}-{name}", f"{name}@{place}.example", name)
        tx.access.save_person(person, SECRET)
        tx.access.join(place, person.id, ["owner", "pr"])
    tx.access.save_pass(Pass(place.encode(), "token", 0, workspace=place, title=SECRET))


def _watch(tx: Transaction, place: str, number: int) -> str:
    tx.lists.save(place, NamedList("press", ("Reuters", "新华社")))
    name = f"{place}-w{number}"
    event = KnownEvent("launch", aware(START), aware(START + MINUTE))
    settings = Watch("Veyra 维芮", "veyra OR @list(press)", ("de",), events=(event,))
    tx.listen.save_watch(StoredWatch(name, place, settings, active=number == 0))
    return name


def _mentions(tx: Transaction, place: str, heard: Sequence[Heard], watches: Sequence[str]) -> None:
    received = START + 14_400 * MINUTE
    for post, number, fate in heard:
        watch = watches[number]
        name = identity(received, watch, post.platform, post.id)
        made = StoredMention(name, watch, place, post, received, marks=("cleaned",))
        tx.listen.add_mentions([made], ["veyra"])
        tx.listen.add_picture(place, name, Picture("png", png()))
        if fate != "new":
            tx.listen.save_understandings({name: understanding()})
            tx.warn.join(watch, [(name, "s1")])
        if fate == "erased":
            assert erase(tx, place, name)


def _sources(tx: Transaction, place: str) -> None:
    source = Source(f"{place}-s", place, "unknown-platform", "Feed", {"token": SECRET})
    tx.sources.save(source)
    tx.listen.save_cursor(source.id, "c-17")
    tx.listen.count_unmatched(source.id, {START: 4, START + MINUTE: 2})
    error = OurMove("sources.unreachable", host="feed.example")
    bad = failed(read_well(Health(), START, 3, 0), START, error.key, dict(error.values), "ours")
    tx.sources.save_health(source.id, bad)
    mapping = b'{"name":"Shop","columns":{"time":["Datum"],"text":["Text"]}}'
    tx.listen.save_mapping(place, "Shop", mapping)
    tx.sources.save(Source(f"{place}-new", place, "simulated", "New", {"seed": "7"}))


def _telling(tx: Transaction, place: str, watch: str) -> None:
    chen = Person(f"{place}-chen", "Chen", (f"{place}-c",))
    nights = Weekly((0, 6), "22:00", "06:00", "Asia/Shanghai")
    tx.prepare.save_duty(Duty(f"{place}-d", place, chen, start=aware(START), weekly=nights))
    channel = ChannelAddress(f"{place}-c", place, "feishu", "Night", SECRET, "feishu …7")
    tx.prepare.save_channel(channel)
    tx.prepare.save_wake(
        WakeTest(f"{place}-t", place, chen.member, "Chen", "Li", aware(START), token=SECRET + place)
    )
    tx.changes.record(place, START, "duty_put", {"who": "Chen"})
    call = Call(
        f"{place}-call", place, watch, "a1", 1, 1, "orange", chen.member, "Chen", channel.id,
        aware(START), "sent", sent_at=aware(START), values={"minutes": 5}, token=SECRET + place,
    )  # fmt: skip
    tx.telling.save([call])
    tx.telling.record(watch, START, "call_sent", call)
    tx.telling.looked_at(watch, 1)
