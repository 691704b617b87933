"""Signed deliveries: what is let in, what is not, and that each comes once."""

import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.errors import BadInput
from fenghuo.security.signatures import TOLERANCE, Deliveries, signed, verify
from fenghuo.storage import Database

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
AT = round(NOW.timestamp())
SECRET = b"a secret of many letters"
BODY = b'[{"id":"1"}]'


def refusal(header: str, body: bytes = BODY, secret: bytes = SECRET, now: datetime = NOW) -> str:
    with pytest.raises(BadInput) as caught:
        verify(header, body, secret, now)
    return caught.value.key


def test_a_header_is_as_the_documents_of_other_systems_would_make_it() -> None:
    made = hmac.new(SECRET, f"{AT}.".encode() + BODY, "sha256").hexdigest()
    assert signed(SECRET, AT, BODY) == f"t={AT},v1={made}"


def test_a_signature_fits_its_body_secret_and_time() -> None:
    header = signed(SECRET, AT, BODY)
    assert verify(header, BODY, SECRET, NOW).hex() == header.partition("v1=")[2]
    assert verify(f" {header.replace(',', ' , ')}", BODY, SECRET, NOW)


@given(st.integers(0, 8 * len(BODY) - 1))
def test_one_turned_bit_of_the_body_is_noticed(bit: int) -> None:
    changed = (int.from_bytes(BODY) ^ (1 << bit)).to_bytes(len(BODY))
    assert refusal(signed(SECRET, AT, BODY), changed) == "sources.signature_wrong"


def test_another_secret_or_another_time_is_noticed() -> None:
    header = signed(SECRET, AT, BODY)
    assert refusal(header, secret=b"another") == "sources.signature_wrong"
    assert refusal(header.replace(str(AT), str(AT + 1))) == "sources.signature_wrong"


def test_without_a_secret_nothing_fits() -> None:
    assert refusal(signed(b"", AT, BODY), secret=b"") == "sources.signature_wrong"


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_clock_may_be_five_minutes_off(seconds: int) -> None:
    assert verify(signed(SECRET, AT + seconds, BODY), BODY, SECRET, NOW)


@pytest.mark.parametrize("seconds", [-301, 301, -AT])
def test_a_clock_that_is_further_off_is_told_how_far(seconds: int) -> None:
    with pytest.raises(BadInput) as caught:
        verify(signed(SECRET, AT + seconds, BODY), BODY, SECRET, NOW)
    assert caught.value.key == "sources.signature_late"
    assert caught.value.values == {"seconds": abs(seconds), "limit": 300}


MADE = signed(SECRET, AT, BODY).partition("v1=")[2]
FORMLESS = [
    "", ",", "t=1", f"v1={MADE}", f"t={AT},v1=", f"t={AT},v1={MADE.upper()}", f"t={AT},v1={MADE}0",
    f"t=-1,v1={MADE}", f"t={AT}.0,v1={MADE}", f"t=٣,v1={MADE}", f"t={AT},t={AT},v1={MADE}",
    f"t={AT},v1={MADE},", f"sha256={MADE}", f"t={10**30},v1={MADE}", f"t={AT};v1={MADE}",
    ",".join([f"t={AT}", *[f"v1={MADE}"] * 6]), "\x00", "t=" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("header", FORMLESS, ids=range(len(FORMLESS)))
def test_a_header_of_another_form_is_called_missing(header: str) -> None:
    assert refusal(header) == "sources.signature_missing"


@given(st.text())
def test_no_header_does_more_than_be_refused(header: str) -> None:
    assert refusal(header) in {"sources.signature_missing", "sources.signature_wrong"}


def test_a_sender_may_sign_with_the_old_secret_and_the_new_one() -> None:
    old = signed(b"the old secret", AT, BODY).partition("v1=")[2]
    header = f"{signed(SECRET, AT, BODY)},v1={old},v2=later"
    for secret in (SECRET, b"the old secret"):
        assert verify(header, BODY, secret, NOW)


def test_a_delivery_is_known_once_it_is_remembered_and_by_its_source_only(
    database: Database,
) -> None:
    deliveries = Deliveries(database)
    signature = verify(signed(SECRET, AT, BODY), BODY, SECRET, NOW)
    assert not deliveries.came_before("shop", signature)
    deliveries.remember("shop", signature, NOW)
    assert Deliveries(database).came_before("shop", signature)
    assert not deliveries.came_before("desk", signature)


def test_a_delivery_is_remembered_for_as_long_as_it_would_be_taken_and_then_forgotten(
    database: Database,
) -> None:
    deliveries = Deliveries(database)
    early = NOW - TOLERANCE
    signature = verify(signed(SECRET, AT, BODY), BODY, SECRET, early)
    deliveries.remember("shop", signature, early)
    deliveries.remember("shop", b"x", NOW + TOLERANCE)
    assert deliveries.came_before("shop", signature)
    deliveries.remember("shop", b"y", NOW + TOLERANCE + timedelta(seconds=1))
    assert not deliveries.came_before("shop", signature)
