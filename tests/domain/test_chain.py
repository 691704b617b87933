"""The hash chain tells a changed, a missing, a moved and a foreign fact."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.chain import Linked, Walk, digest, link, start, walk

payloads = st.lists(st.binary(max_size=40), min_size=1, max_size=8)


def chain(payloads: list[bytes], stream: str = "watch:w") -> list[Linked]:
    head, made = start(stream), []
    for seq, payload in enumerate(payloads, start=1):
        head = link(head, seq, digest(payload))
        made.append(Linked(seq, digest(payload), head, payload))
    return made


@given(payloads)
def test_a_whole_chain_is_counted_to_its_head(payloads: list[bytes]) -> None:
    whole = chain(payloads)
    assert walk("watch:w", whole) == Walk(len(whole), whole[-1].link)


def test_a_stream_without_facts_ends_where_it_starts() -> None:
    assert walk("watch:w", []) == Walk(0, start("watch:w"))


@given(payloads, st.data())
def test_a_changed_payload_breaks_the_chain_where_it_stands(
    payloads: list[bytes], data: st.DataObject
) -> None:
    whole = chain(payloads)
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = msgspec.structs.replace(whole[place], payload=payloads[place] + b"!")
    assert walk("watch:w", whole).broken == place + 1


@given(payloads, st.data())
def test_a_changed_payload_with_a_digest_to_match_breaks_it_too(
    payloads: list[bytes], data: st.DataObject
) -> None:
    whole = chain(payloads)
    place = data.draw(st.integers(0, len(whole) - 1))
    forged = payloads[place] + b"!"
    whole[place] = msgspec.structs.replace(whole[place], payload=forged, digest=digest(forged))
    assert walk("watch:w", whole).broken == place + 1


@given(payloads, st.data())
def test_a_missing_fact_breaks_it_unless_it_was_the_last(
    payloads: list[bytes], data: st.DataObject
) -> None:
    whole = chain([*payloads, b"last"])
    place = data.draw(st.integers(0, len(whole) - 2))
    del whole[place]
    assert walk("watch:w", whole).broken == place + 1


def test_a_cut_end_shows_by_count_and_head_only() -> None:
    whole = chain([b"1", b"2", b"3"])
    sealed = walk("watch:w", whole)
    cut = walk("watch:w", whole[:-1])
    assert cut.broken == 0
    assert (cut.count, cut.head) != (sealed.count, sealed.head)


def test_two_facts_that_changed_places_break_it() -> None:
    one, two, three = chain([b"same", b"same", b"other"])
    assert walk("watch:w", [one, three, two]).broken == 2
    renumbered = [
        one,
        msgspec.structs.replace(three, seq=2),
        msgspec.structs.replace(two, seq=3),
    ]
    assert walk("watch:w", renumbered).broken == 2


def test_a_fact_of_another_stream_does_not_pass() -> None:
    assert walk("watch:w", chain([b"1"], "watch:v")).broken == 1


def test_a_removed_payload_leaves_the_chain_whole() -> None:
    whole = chain([b"1", b"2"])
    whole[0] = msgspec.structs.replace(whole[0], payload=None)
    assert walk("watch:w", whole).broken == 0


def test_the_first_link_is_what_another_verifier_computes() -> None:
    """SHA-256 over the text of the stream's name, then over start, number, digest."""
    head = link(start("watch:w"), 1, digest(b"1"))
    assert len(head) == 32
    assert walk("watch:w", [Linked(1, digest(b"1"), head)]) == Walk(1, head)
