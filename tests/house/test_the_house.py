"""The house keeps its own rules: imports, catalogues, locks, sizes."""

import ast
import re
import string
import sys
from functools import cache
from pathlib import Path
from typing import get_args

import grimp
import pytest

from fenghuo.domain.fact import FactName
from fenghuo.i18n import LANGUAGES, catalogue

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "fenghuo"


COMPUTED = (
    "by_hand.from_", "by_hand.platform_", "changes.fact_", "changes.field_", "changes.kind_",
    "cities.", "countries.", "doctor.check_", "doctor.duty_",
    "doctor.state_", "duty.hole_", "duty.kind_", "duty.tab_", "face.day_", "face.each_",
    "face.ears_", "face.kind_", "face.level_", "face.scope_", "face.theme_", "face.volume_",
    "imports.field_", "imports.order_", "languages.", "lists.know_", "lists.why_not_",
    "query.field_", "query.kind_", "query.post_",
    "sources.move_", "sources.slot_", "telling.city_", "warn.cue_", "warn.reason_",
    "web.deaf_", "web.kind_", "web.mark_", "web.matter_", "web.mood_",
    "web.role_", "web.sort_", "web.span_", "web.step_", "web.trend_", "web.type_",
)  # fmt: skip
"""How keys begin whose end is a value: a level, a role, a platform."""
NAMED = {"query.": "listen/query/*.py", "sources.": "listen/mapping.py"}
"""Areas whose keys are said by their name alone, and where."""


@cache
def code(pattern: str = "**/*") -> str:
    """All that may name a key: Python, templates, scripts, data; no catalogue."""
    files = sorted(f for f in SOURCE.glob(pattern) if f.suffix in {".py", ".html", ".js", ".toml"})
    told = [f.read_text("utf8") for f in files if not {"catalogue", "vendor"} & set(f.parts)]
    return "\n".join(told)


@cache
def functions() -> list[tuple[int, str]]:
    found = []
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and node.body[1:] else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1
                found.append((length, f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"))
    return sorted(found)


def test_the_nouns_import_the_standard_library_and_their_value_type_only() -> None:
    graph = grimp.build_graph("fenghuo", include_external_packages=True, cache_dir=None)
    allowed = set(sys.stdlib_module_names) | {"msgspec"}
    for module in graph.modules:
        if module.startswith("fenghuo.domain"):
            outside = {
                name
                for name in graph.find_modules_directly_imported_by(module)
                if not name.startswith("fenghuo.domain") and name.split(".")[0] not in allowed
            }
            assert not outside, f"{module} imports {outside}"


def test_both_catalogues_say_the_same_things() -> None:
    chinese, english = (catalogue(language) for language in LANGUAGES)
    assert set(chinese) == set(english)


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_a_sentence_has_the_same_blanks_in_both_languages(key: str) -> None:
    blanks = [
        {name for _, name, _, _ in string.Formatter().parse(catalogue(language)[key]) if name}
        for language in LANGUAGES
    ]
    assert blanks[0] == blanks[1]
    assert all(catalogue(language)[key].strip() for language in LANGUAGES)


def test_every_message_key_in_the_code_is_in_the_catalogue() -> None:
    areas = {key.split(".")[0] for key in catalogue("en")}
    raised = re.compile(
        r"(?:BadInput|NotAllowed|Reconnect|TimeMove|OurMove|NobodysMove|UserMove|say)\(\s*"
        r"[\"']([a-z_]+\.[a-z_]+)[\"']"
    )
    for file in SOURCE.rglob("*.py"):
        for key in raised.findall(file.read_text("utf8")):
            assert key.split(".")[0] in areas, f"{file.name}: {key}"
            assert key in catalogue("en"), f"{file.name}: {key}"


def test_every_sentence_of_the_catalogue_is_said_somewhere() -> None:
    told = code()
    literal = set(re.findall(r"[a-z0-9_]+\.[a-z0-9_]+", told))
    quoted = {
        area + name
        for area, file in NAMED.items()
        for name in re.findall(r'"([a-z0-9_]+)"', code(file))
    }
    said = literal | quoted | {f"web.{name}" for name in get_args(FactName)}
    said |= {key + "_mend" for key in literal if key.startswith("doctor.")}
    unsaid = {key for key in catalogue("en") if key not in said and not key.startswith(COMPUTED)}
    assert not unsaid
    for begun in COMPUTED:
        assert re.search(re.escape(begun) + r"[\"'{]", told), f"nothing computes {begun}…"


@pytest.mark.parametrize("name", ["run.lock", "dev.lock"])
def test_lock_files_hold_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf8")
    assert not re.search(r"://|index-url|find-links", text)
    pinned = re.findall(r"^[A-Za-z0-9_.\[\]-]+==", text, re.M)
    assert len(pinned) > 20
    assert len(re.findall(r"--hash=sha256:", text)) >= len(pinned)


def test_nine_functions_in_ten_have_thirty_lines_or_fewer_and_none_has_sixty() -> None:
    lengths = functions()
    assert lengths[int(0.9 * len(lengths))][0] <= 30
    assert lengths[-1][0] <= 60, lengths[-1]


def test_nine_files_in_ten_have_three_hundred_lines_or_fewer_and_none_has_five_hundred() -> None:
    sizes = sorted((len(f.read_text("utf8").splitlines()), f.name) for f in SOURCE.rglob("*.py"))
    assert sizes[int(0.9 * len(sizes))][0] <= 300
    assert sizes[-1][0] <= 500, sizes[-1]


def test_only_what_keeps_faults_apart_catches_everything() -> None:
    for file in SOURCE.rglob("*.py"):
        if file == SOURCE / "engines" / "apart.py":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf8"))):
            if isinstance(node, ast.ExceptHandler):
                name = getattr(node.type, "id", "")
                broad = node.type is None or name in {"Exception", "BaseException"}
                assert not broad, f"{file.name}:{node.lineno}"
