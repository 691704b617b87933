"""Who may come in."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fenghuo.domain.errors import BadInput, NotAllowed, UserMove
from fenghuo.domain.people import PERMISSIONS, ROLES, Newcomer, may
from fenghuo.ports.store import Transaction
from fenghuo.security.access import Access, digest
from fenghuo.security.sealing import Sealer
from fenghuo.storage import Database

WORD = "correct horse battery"
HERE = "127.0.0.1"


class Watch:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = datetime(2026, 6, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def later(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def access(database: Database, watch: Watch) -> Access:
    return Access(database, watch)


def an_owner(access: Access) -> str:
    link = access.first_owner_secret()
    return access.create_first_owner(link, Newcomer("Chen@veyra.example", "陈朗", WORD), "维拉出海")


def test_the_first_owner_link_works_once(access: Access) -> None:
    link = access.first_owner_secret()
    session = access.session(
        access.create_first_owner(link, Newcomer("a@b.example", "A", WORD), "W")
    )
    assert session is not None
    assert session.members[0].roles == ("owner",)
    with pytest.raises(NotAllowed):
        access.create_first_owner(link, Newcomer("c@d.example", "C", WORD), "W")
    assert access.first_owner_secret() == ""


def test_a_new_first_owner_link_voids_the_old_one(access: Access) -> None:
    old = access.first_owner_secret()
    access.first_owner_secret()
    with pytest.raises(NotAllowed):
        access.create_first_owner(old, Newcomer("a@b.example", "A", WORD), "W")


def test_a_first_owner_link_expires(access: Access, watch: Watch) -> None:
    link = access.first_owner_secret()
    watch.later(hours=25)
    with pytest.raises(NotAllowed):
        access.create_first_owner(link, Newcomer("a@b.example", "A", WORD), "W")


def test_a_wrong_password_and_an_unknown_account_look_the_same(access: Access) -> None:
    an_owner(access)
    for email in ("chen@veyra.example", "nobody@veyra.example"):
        with pytest.raises(NotAllowed) as caught:
            access.sign_in(email, "not the password", "127.0.0.1")
        assert caught.value.key == "access.wrong"


def test_the_case_of_an_address_does_not_matter(access: Access) -> None:
    an_owner(access)
    assert access.session(access.sign_in(" CHEN@veyra.example", WORD, "127.0.0.1"))


def test_too_many_failures_must_wait_and_the_wait_ends_by_itself(
    access: Access, watch: Watch
) -> None:
    an_owner(access)
    for _ in range(8):
        with pytest.raises(NotAllowed):
            access.sign_in("chen@veyra.example", "wrong password", "127.0.0.1")
    with pytest.raises(NotAllowed) as caught:
        access.sign_in("chen@veyra.example", WORD, "127.0.0.2")
    assert caught.value.key == "access.wait"
    watch.later(minutes=16)
    assert access.sign_in("chen@veyra.example", WORD, "127.0.0.2")


def test_many_guesses_at_the_same_moment_are_no_more_than_the_limit(access: Access) -> None:
    an_owner(access)

    def a_guess(number: int) -> str:
        with pytest.raises(NotAllowed) as caught:
            access.sign_in("chen@veyra.example", f"not the password {number}", HERE)
        return caught.value.key

    with ThreadPoolExecutor(24) as pool:
        answered = Counter(pool.map(a_guess, range(24)))
    assert answered == {"access.wrong": 8, "access.wait": 16}


def test_a_right_password_counts_as_no_try_at_all(access: Access, database: Database) -> None:
    an_owner(access)
    for _ in range(20):
        access.sign_in("chen@veyra.example", WORD, HERE)
    with database.reading() as tx:
        assert tx.access.failures(f"address {HERE}", 0) == 0


def test_a_session_that_is_looked_at_and_not_used_grows_idle(access: Access, watch: Watch) -> None:
    an_owner(access)
    secret = access.sign_in("chen@veyra.example", WORD, "127.0.0.1")
    watch.later(days=2)
    assert access.session(secret, used=False)
    watch.later(days=2)
    assert access.session(secret, used=False) is None


def guess(access: Access, address: str) -> None:
    for _ in range(8):
        with pytest.raises(NotAllowed, match=r"access\.wrong"):
            access.sign_in("chen@veyra.example", "wrong password", address)


def test_who_guesses_elsewhere_keeps_nobody_out_of_where_they_signed_in_before(
    access: Access, watch: Watch
) -> None:
    an_owner(access)
    access.sign_in("chen@veyra.example", WORD, HERE)
    guess(access, "192.0.2.1")
    assert access.sign_in("chen@veyra.example", WORD, HERE)
    with pytest.raises(NotAllowed, match=r"access\.wait"):
        access.sign_in("chen@veyra.example", WORD, "192.0.2.2")
    watch.later(days=91)
    guess(access, "192.0.2.1")
    with pytest.raises(NotAllowed, match=r"access\.wait"):
        access.sign_in("chen@veyra.example", WORD, HERE)


def test_where_somebody_signed_in_before_guesses_are_counted_as_well(access: Access) -> None:
    an_owner(access)
    access.sign_in("chen@veyra.example", WORD, HERE)
    guess(access, HERE)
    with pytest.raises(NotAllowed, match=r"access\.wait"):
        access.sign_in("chen@veyra.example", WORD, HERE)


def test_a_session_ends_when_signed_out_idle_or_old(access: Access, watch: Watch) -> None:
    secret = an_owner(access)
    access.sign_out(secret)
    assert access.session(secret) is None
    idle = access.sign_in("chen@veyra.example", WORD, "127.0.0.1")
    watch.later(days=4)
    assert access.session(idle) is None
    used = access.sign_in("chen@veyra.example", WORD, "127.0.0.1")
    for _ in range(8):
        watch.later(days=2)
        alive = access.session(used) is not None
    assert not alive


class Interrupted:
    """A store in which something happens once, just before a transaction begins."""

    def __init__(self, store: Database, meanwhile: Callable[[], None]) -> None:
        self._store = store
        self._meanwhile = [meanwhile]

    def reading(self) -> AbstractContextManager[Transaction]:
        return self._store.reading()

    def transaction(self) -> AbstractContextManager[Transaction]:
        while self._meanwhile:
            self._meanwhile.pop()()
        return self._store.transaction()


def test_a_sign_out_is_not_undone_by_a_page_that_was_just_opened(
    access: Access, database: Database, watch: Watch
) -> None:
    secret = an_owner(access)
    watch.later(hours=1)
    other = Access(Interrupted(database, lambda: access.sign_out(secret)), watch)
    other.session(secret)
    assert access.session(secret) is None


def test_passes_that_are_over_are_forgotten_when_somebody_comes_in(
    access: Access, database: Database, watch: Watch
) -> None:
    owner = an_owner(access)
    session = access.session(owner)
    assert session is not None
    link = access.invite(session.members[0].workspace.id, ["pr"])
    watch.later(days=15)
    new = access.sign_in("chen@veyra.example", WORD, HERE)
    with database.reading() as tx:
        kept = [bool(tx.access.find_pass(digest(secret))) for secret in (owner, link, new)]
    assert kept == [False, False, True]


def test_only_digests_of_secrets_are_kept(access: Access, database: Database) -> None:
    secret = an_owner(access)
    with database.reading() as tx:
        held = tx.access.find_pass(digest(secret))
    assert held is not None
    assert secret not in repr(held)


def test_a_short_password_and_a_strange_address_are_refused(access: Access) -> None:
    link = access.first_owner_secret()
    with pytest.raises(BadInput):
        access.create_first_owner(link, Newcomer("a@b.example", "A", "short"), "W")
    with pytest.raises(BadInput):
        access.create_first_owner(link, Newcomer("a.example", "A", WORD), "W")
    assert access.create_first_owner(link, Newcomer("a@b.example", "A", WORD), "W")


def test_an_invited_person_joins_with_the_roles_of_the_invitation(access: Access) -> None:
    owner = access.session(an_owner(access))
    assert owner is not None
    place = owner.members[0].workspace.id
    link = access.invite(place, ["pr", "legal"])
    li = Newcomer("li@veyra.example", "李", WORD)
    joined = access.session(access.accept_invite(link, li, HERE))
    assert joined is not None
    member = joined.member(place)
    assert member is not None
    assert member.roles == ("pr", "legal")
    with pytest.raises(NotAllowed):
        access.accept_invite(link, Newcomer("zhao@veyra.example", "赵", WORD), HERE)


def test_an_invitation_cannot_take_over_somebody_elses_account(access: Access) -> None:
    owner = access.session(an_owner(access))
    assert owner is not None
    link = access.invite(owner.members[0].workspace.id, ["viewer"])
    with pytest.raises(NotAllowed):
        access.accept_invite(link, Newcomer("chen@veyra.example", "X", "another password"), HERE)


def test_a_bad_invitation_answers_alike_to_every_address_and_every_password(
    access: Access, watch: Watch
) -> None:
    owner = access.session(an_owner(access))
    assert owner is not None
    old = access.invite(owner.members[0].workspace.id, ["viewer"])
    watch.later(days=8)
    for link in ("no such link", old):
        for email in ("chen@veyra.example", "nobody@veyra.example", "no address"):
            for word in (WORD, "not the password"):
                with pytest.raises(NotAllowed, match=r"access\.link_spent"):
                    access.accept_invite(link, Newcomer(email, "X", word), HERE)


def test_a_good_invitation_guesses_no_more_passwords_than_the_sign_in_does(
    access: Access, watch: Watch
) -> None:
    owner = access.session(an_owner(access))
    assert owner is not None
    link = access.invite(owner.members[0].workspace.id, ["owner"])
    for _ in range(8):
        with pytest.raises(NotAllowed, match=r"access\.wrong"):
            access.accept_invite(link, Newcomer("chen@veyra.example", "X", "wrong password"), HERE)
    for email in ("chen@veyra.example", "nobody@veyra.example"):
        with pytest.raises(NotAllowed, match=r"access\.wait"):
            access.accept_invite(link, Newcomer(email, "X", WORD), HERE)
    with pytest.raises(NotAllowed, match=r"access\.wait"):
        access.sign_in("chen@veyra.example", WORD, HERE)
    watch.later(minutes=16)
    assert access.accept_invite(link, Newcomer("chen@veyra.example", "X", WORD), HERE)


def test_a_password_that_is_too_short_to_be_one_is_no_try(
    access: Access, database: Database
) -> None:
    owner = access.session(an_owner(access))
    assert owner is not None
    link = access.invite(owner.members[0].workspace.id, ["viewer"])
    for email in ("chen@veyra.example", "new@veyra.example"):
        with pytest.raises(BadInput, match=r"access\.password_length"):
            access.accept_invite(link, Newcomer(email, "X", "short"), HERE)
    with database.reading() as tx:
        assert tx.access.failures(f"address {HERE}", 0) == 0


def test_a_workspace_keeps_an_owner(access: Access) -> None:
    owner = access.session(an_owner(access))
    assert owner is not None
    with pytest.raises(BadInput):
        access.change_roles(owner.members[0].workspace.id, owner.person.id, ["viewer"])


def two_owners(access: Access) -> tuple[str, str, str]:
    """A workspace and its two owners."""
    owner = access.session(an_owner(access))
    assert owner is not None
    place = owner.members[0].workspace.id
    li = Newcomer("li@veyra.example", "李", WORD)
    other = access.session(access.accept_invite(access.invite(place, ["owner"]), li, HERE))
    assert other is not None
    return place, owner.person.id, other.person.id


def test_of_two_owners_who_remove_each_other_at_once_one_stays(
    access: Access, database: Database
) -> None:
    place, one, other = two_owners(access)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            tx.access.members(place, to_change=True)
            removed = pool.submit(access.change_roles, place, one, [])
            wait([removed], timeout=0.5)
            tx.access.join(place, other, [])
        with pytest.raises(BadInput, match=r"access\.last_owner"):
            removed.result()
    assert [m.person.id for m in access.members(place)] == [one]


def test_an_invitation_takes_no_role_from_whoever_follows_it(access: Access) -> None:
    owner = access.session(an_owner(access))
    assert owner is not None
    place = owner.members[0].workspace.id
    link = access.invite(place, ["viewer"])
    access.accept_invite(link, Newcomer("chen@veyra.example", "陈朗", WORD), HERE)
    assert access.members(place)[0].roles == ("owner", "viewer")


def test_what_goes_with_a_change_of_roles_goes_with_it_or_not_at_all(access: Access) -> None:
    place, one, other = two_owners(access)

    def fails(tx: Transaction) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        access.change_roles(place, other, [], fails)
    assert {m.person.id for m in access.members(place)} == {one, other}


def test_a_token_opens_its_workspace_for_its_scopes_until_withdrawn(access: Access) -> None:
    owner = access.session(an_owner(access))
    assert owner is not None
    place = owner.members[0].workspace.id
    token = access.create_token(place, "shop", ["posts:write"])
    assert access.token(token, "posts:write").workspace == place
    with pytest.raises(NotAllowed):
        access.token(token, "read")
    access.drop_token(place, access.tokens(place)[0].digest.hex())
    with pytest.raises(NotAllowed):
        access.token(token, "posts:write")


def test_a_session_is_no_token_and_a_token_no_session(access: Access) -> None:
    secret = an_owner(access)
    session = access.session(secret)
    assert session is not None
    token = access.create_token(session.members[0].workspace.id, "t", ["read"])
    assert access.session(token) is None
    with pytest.raises(NotAllowed):
        access.token(secret, "read")


def test_every_role_but_guest_may_read_and_only_an_owner_manages_people() -> None:
    assert all(may([role], "read") == (role != "guest") for role in ROLES)
    assert [role for role in ROLES if may([role], "people")] == ["owner"]
    assert all(may(["owner"], permission) for permission in PERMISSIONS)
    assert may(["viewer", "tech"], "sources")


def test_a_sealed_secret_opens_with_its_own_key_only(tmp_path: Path) -> None:
    sealer = Sealer(tmp_path / "key")
    sealed = sealer.seal("秘密")
    assert "秘密" not in sealed
    assert Sealer(tmp_path / "key").open(sealed) == "秘密"
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    with pytest.raises(UserMove):
        Sealer(tmp_path / "other").open(sealed)


def test_a_sealing_key_is_for_its_owner_only_and_two_who_come_at_once_share_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "var" / "seal.key"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Sealer(file), range(8)))
    sealed = made[0].seal("secret")
    assert [sealer.open(sealed) for sealer in made] == ["secret"] * 8
    assert file.stat().st_mode & 0o777 == 0o600
    assert [f.name for f in file.parent.iterdir()] == ["seal.key"]
