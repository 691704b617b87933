"""A change is a recorded fact: who writes into a store records it, or it says here why not."""

import ast
import inspect
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from textwrap import dedent

import fenghuo
from fenghuo.storage.repository import Repository
from fenghuo.storage.transaction import Transaction

SOURCE = Path(fenghuo.__file__).parent
WRITERS = {"put", "add_new", "insert", "update", "delete"}
"""The calls of a repository that write."""
NO_CHANGE = {
    "access.add_failure": "a try to sign in",
    "access.forget_failures": "a try to sign in",
    "access.forget_passes": "what had expired by itself",
    "access.touch_pass": "when a session was last used",
    "archive.take": "brings its own record, in which it is whole",
    "beats.beat": "a sign of life",
    "erasure.tidy": "after words that went: what they were is recorded with them",
    "listen.add_mentions": "what was heard is a row of the log",
    "listen.add_picture": "belongs to what was handed in, which is a row of the log",
    "listen.append": "the log is a record itself",
    "listen.count_unmatched": "a count",
    "listen.keep_sample": "what matched nothing, for previews",
    "listen.save_cursor": "how far a reader is",
    "listen.save_understandings": "read by the machine, and a row of the log",
    "retention.add_brought": "a count",
    "retention.set_place": "how far forgetting by age is",
    "sources.save_health": "how a source is doing; its silence is a row of the log",
    "telling.looked_at": "how far facts were looked at",
    "translations.save": "made by the machine, and again at any time",
    "warn.join": "found by the engine, with its facts",
    "warn.remember": "found by the engine, with its facts",
}
"""Store methods whose calls change nothing that a person set, each with its reason."""
ELSEWHERE = {
    "listen/erasing.py:_bare_rows": "a part of a removal, which is recorded whole",
    "listen/forgetting.py:_daily": "by age, as the recorded setting of the workspace says",
    "listen/forgetting.py:_rows": "by age, as the recorded setting of the workspace says",
    "listen/forgetting.py:_words": "by age, as the recorded setting of the workspace says",
    "listen/rivals.py:keep_rivals": "a part of the watch that names them, recorded by its caller",
    "security/access.py:_give": "recorded by who gives it, where it is no session",
    "security/access.py:_spend": "recorded by what it is spent for",
    "security/access.py:first_owner_secret": "of a product that nobody owns yet",
    "security/access.py:sign_out": "a session",
    "security/signatures.py:remember": "a delivery that was seen before",
    "security/throttle.py:went_well": "an address from which somebody signed in",
}
"""Places that write without a record of their own, each with its reason."""


def stores() -> dict[str, type]:
    """The repositories of a transaction by name."""
    return {
        name: inspect.signature(part.func, eval_str=True).return_annotation
        for name, part in vars(Transaction).items()
        if isinstance(part, cached_property)
    }


def called(node: ast.AST, owner: str = "") -> Iterator[str]:
    """The names of what is called in a piece of code: bare ones, and those of `owner` or any."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            if isinstance(call.func, ast.Name):
                yield call.func.id
            elif isinstance(call.func, ast.Attribute):
                of = call.func.value
                if not owner or (isinstance(of, ast.Name) and of.id == owner):
                    yield call.func.attr


def writing(store: type) -> set[str]:
    """The public methods of a repository that write, by themselves or through others of it."""
    calls: dict[str, set[str]] = {}
    for base in reversed(store.__mro__):
        if base.__module__.startswith("fenghuo.storage") and base is not Repository:
            for name, part in vars(base).items():
                if inspect.isfunction(part):
                    body = ast.parse(dedent(inspect.getsource(part)))
                    calls[name] = set(called(body, "self"))
    found = {name for name, made in calls.items() if made & WRITERS}
    while more := {name for name, made in calls.items() if made & found} - found:
        found |= more
    return {name for name in found if not name.startswith("_")}


def users(function: ast.AST, stores: Mapping[str, Collection[str]]) -> Iterator[str]:
    """The writing store methods that a function calls."""
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            owner = call.func.value
            of_tx = isinstance(owner, ast.Attribute) and getattr(owner.value, "id", "") == "tx"
            store = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            known = of_tx or isinstance(owner, ast.Name)
            if known and call.func.attr in stores.get(store, ()):
                yield f"{store}.{call.func.attr}"


def used() -> Iterator[tuple[str, str, bool]]:
    """(place, store method, whether the same function records a change), wherever one is called."""
    methods = {name: writing(store) for name, store in stores().items()}
    for file in sorted(SOURCE.rglob("*.py")):
        where = file.relative_to(SOURCE)
        if where.parts[0] in {"storage", "ports"}:
            continue
        for function in ast.walk(ast.parse(file.read_text("utf8"))):
            if isinstance(function, ast.FunctionDef):
                records = any(name.lstrip("_").startswith("record") for name in called(function))
                for method in users(function, methods):
                    yield f"{where.as_posix()}:{function.name}", method, records


def test_whoever_changes_what_people_set_records_it_or_says_why_not() -> None:
    silent = {(place, method) for place, method, records in used() if not records}
    assert {
        (place, method)
        for place, method in silent
        if method not in NO_CHANGE and place not in ELSEWHERE
    } == set()


def test_no_reason_is_left_of_what_is_no_more() -> None:
    silent = [(place, method) for place, method, records in used() if not records]
    assert set(NO_CHANGE) <= {method for _, method in silent}
    assert set(ELSEWHERE) <= {place for place, method in silent if method not in NO_CHANGE}


def test_every_writing_method_of_a_store_is_found() -> None:
    methods = {name: writing(store) for name, store in stores().items()}
    assert {"save_watch", "save_mapping", "remove_mapping"} <= methods["listen"]
    assert {"save_workspace", "save_person", "join", "drop_pass"} <= methods["access"]
    assert methods["prepare"] == {
        "save_duty", "remove_duty", "save_channel", "remove_channel", "save_wake",
    }  # fmt: skip
    assert not methods["listen"] & {"watches", "search", "mentions", "volume"}
