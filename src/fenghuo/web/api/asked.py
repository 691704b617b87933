"""What is wrong with a parameter of a call, as message keys instead of the checker's English."""

from collections.abc import Mapping
from typing import Any

from fenghuo.domain.errors import BadInput

WANTED = {
    "int": "form.a_whole_number",
    "float": "form.a_number",
    "bool": "form.a_yes_or_no",
    "datetime": "form.a_time",
    "date": "form.a_date",
}
LIMITS = {
    "greater_than_equal": ("api.at_least", "ge"),
    "less_than_equal": ("api.at_most", "le"),
    "string_too_long": ("api.too_long", "max_length"),
}


def asked_wrongly(found: Mapping[str, Any]) -> BadInput:
    """The error of a parameter, of what the checker found first."""
    name = ".".join(str(part) for part in found["loc"][1:])
    kind, context = str(found["type"]), found.get("ctx", {})
    wanted = WANTED.get(kind.partition("_")[0])
    if kind in LIMITS:
        key, limit = LIMITS[kind]
        return BadInput("api.parameter_wrong", name=name, problem=key, limit=context[limit])
    if kind == "missing":
        return BadInput("api.parameter_wrong", name=name, problem="api.left_out")
    if wanted:
        return BadInput("api.parameter_wrong", name=name, problem="api.wants", wanted=wanted)
    return BadInput("api.parameter_wrong", found["msg"], name=name, problem="api.unfit")
