"""Why a value does not have the form it should have, as message keys instead of English sentences.

The decoder tells its reader in English what it found ("Expected `str`, got `int` - at `$.text`").
Here that becomes values of a sentence: `problem` is a message key that the catalogue says with the
others, `field` where it is, `wanted` and `got` are words of the catalogue too.
"""

import re
from tomllib import TOMLDecodeError
from typing import Any

import msgspec
from msgspec import inspect

Values = dict[str, str | int]

_PLACE = re.compile(r"(.*?)(?: - at (?:`key` in )?`([^`]*)`)?", re.S)
_KIND = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_MISSING = re.compile(r"Object missing required field `([^`]*)`")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]*)`")
_CHOICE = re.compile(r"Invalid enum value (.*)", re.S)
_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_BYTE = re.compile(r"\(byte (\d+)\)")
WORDS = {
    "str": "form.a_text", "int": "form.a_whole_number", "float": "form.a_number",
    "bool": "form.a_yes_or_no", "array": "form.a_list", "object": "form.an_object",
    "null": "form.a_null", "datetime": "form.a_time", "date": "form.a_date",
    "time": "form.an_hour", "bytes": "form.a_text",
}  # fmt: skip
LONGEST = 100
"""Characters of a wrong value that are repeated to its sender."""

Unread = msgspec.DecodeError | UnicodeDecodeError | RecursionError | TOMLDecodeError
"""What decoding raises; a ValidationError is a DecodeError."""


def misfit(error: Unread, form: Any = None) -> Values:
    """What is wrong, of something decoded as `form`, which knows what a field may be."""
    if isinstance(error, RecursionError):
        return {"problem": "form.too_deep"}
    if isinstance(error, UnicodeDecodeError):
        return {"problem": "form.not_utf8"}
    if isinstance(error, msgspec.ValidationError):
        return _unfit(str(error), form)
    if line := _LINE.search(str(error)):
        return {"problem": "form.broken_line", "at_line": int(line[1]), "column": int(line[2])}
    place = _BYTE.search(str(error))
    if place is None:
        return {"problem": "form.breaks_off"}
    return {"problem": "form.broken_at", "byte": int(place[1]) + 1}


def unopened(error: OSError | EOFError) -> Values:
    """Why a file cannot be read; an EOFError is of a packed one."""
    if isinstance(error, FileNotFoundError):
        return {"problem": "form.no_file"}
    if isinstance(error, PermissionError):
        return {"problem": "form.no_right"}
    if isinstance(error, IsADirectoryError):
        return {"problem": "form.a_folder"}
    if isinstance(error, OSError) and error.errno:
        return {"problem": "form.no_reading", "code": error.errno}
    return {"problem": "form.packed_broken"}


def _unfit(told: str, form: Any) -> Values:
    said = _PLACE.fullmatch(told)
    what, place = (said[1], said[2] or "$") if said else (told, "$")
    field = place.removeprefix("$").removeprefix(".")
    if found := _KIND.match(what):
        wanted = found[1].removesuffix(" | null")
        values: Values = {"wanted": WORDS.get(wanted, wanted), "got": WORDS.get(found[2], found[2])}
        if not field:
            return {"problem": "form.whole_of_kind", **values}
        return {"problem": "form.not_of_kind", "field": field, **values}
    if found := _MISSING.match(what):
        return {"problem": "form.missing", "field": _inside(field, found[1])}
    if found := _UNKNOWN.match(what):
        return {"problem": "form.unknown", "field": _inside(field, found[1])}
    if what.startswith("Invalid RFC3339"):
        return {"problem": "form.no_time", "field": field}
    if found := _CHOICE.match(what):
        value = found[1].strip("'")[:LONGEST]
        choices = ", ".join(_choices(inspect.type_info(form), place)) if form else ""
        key = "form.no_choice" if choices else "form.unfit"
        return {"problem": key, "field": field, "value": value, "known": choices}
    return {"problem": "form.unfit" if field else "form.unfit_whole", "field": field}


def _inside(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


def _choices(kind: inspect.Type, place: str) -> list[str]:
    """What may stand at a place such as `$.kind`; nothing when that is not a list of words."""
    for name in re.findall(r"\.(\w+)", place):
        if not isinstance(kind, inspect.StructType):
            return []
        kind = next(field.type for field in kind.fields if field.encode_name == name)
    if isinstance(kind, inspect.DictType):
        kind = kind.key_type
    return [str(value) for value in kind.values] if isinstance(kind, inspect.LiteralType) else []
