"""The form of one duty: who, when, over what, and how long to wait."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from fenghuo.domain.duty import Duty, Person, Weekly
from fenghuo.domain.errors import BadInput, Missing
from fenghuo.domain.people import ROLES, Member
from fenghuo.i18n import LANGUAGES, explain
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.render import page

router = APIRouter()
Keeper = Annotated[Asking, Depends(needs("duty"))]
SLOTS = 3
"""So many channels a duty names. More: a person who does not answer three holds up the chain."""


class Typed(msgspec.Struct):
    """The form as somebody filled it in: texts, as they come back after a mistake."""

    duty: str = ""
    member: str = ""
    role: str = ""
    order: str = "1"
    days: list[str] = msgspec.field(default_factory=lambda: list("0123456"))
    hours_from: str = "00:00"
    hours_to: str = "00:00"
    start: str = ""
    end: str = ""
    channels: list[str] = []
    language: str = ""
    time_zone: str = ""
    quiet_from: str = ""
    quiet_to: str = ""
    wait: str = "0"


@router.get("/settings/duty/new")
def new(request: Request, asking: Keeper) -> Response:
    """An empty form."""
    return _form(request, asking, Typed())


@router.get("/settings/duty/{duty}")
def edit(request: Request, asking: Keeper, duty: str) -> Response:
    """The form of a duty as it stands."""
    return _form(request, asking, _typed(_known(asking, duty)))


@router.post("/settings/duty/save", dependencies=[Depends(sent_from_our_page)])
async def save(request: Request, asking: Keeper) -> Response:
    """Add or change a duty; what can never be on comes back with its reason and nothing lost."""
    typed = _read(await request.form())
    return await asyncio.to_thread(_save, request, asking, typed)


def _save(request: Request, asking: Asking, typed: Typed) -> Response:
    if typed.duty:
        _known(asking, typed.duty)
    try:
        duty = _duty(asking, typed)
        asking.app.prepare.put_duty(duty, asking.who)
    except BadInput as error:
        return _form(request, asking, typed, explain(error, asking.language))
    return RedirectResponse("/settings/duty", 303)


def _read(form: FormData) -> Typed:
    texts = {name: str(value).strip() for name, value in form.items()}
    many = {
        name: [str(value) for value in form.getlist(name) if value] for name in ("days", "channels")
    }
    known = {name: texts.get(name, "") for name in Typed.__struct_fields__}
    return msgspec.convert(known | many, Typed)


def _duty(asking: Asking, typed: Typed) -> Duty:
    member = _member(asking, typed.member)
    zone = typed.time_zone or member.person.time_zone
    if zone not in available_timezones():
        raise BadInput("telling.zone_unknown", zone=zone[:40])
    known = {c.id for c in asking.app.prepare.channels(asking.workspace)}
    person = Person(
        member.person.id,
        member.person.name,
        tuple(dict.fromkeys(c for c in typed.channels if c in known)),
        next((w for w in LANGUAGES if w == typed.language), member.person.language),
        zone,
        f"{typed.quiet_from}-{typed.quiet_to}" if typed.quiet_from or typed.quiet_to else "",
        _number(typed.wait or "0", "telling.wait_wrong", longest=60),
    )
    days = tuple(sorted(int(day) for day in typed.days if day in set("0123456")))
    weekly = Weekly(days, typed.hours_from, typed.hours_to, zone) if days else None
    return Duty(
        typed.duty,
        asking.workspace,
        person,
        typed.role if typed.role in ROLES else "",
        _number(typed.order, "telling.order_wrong"),
        _time(typed.start, zone),
        _time(typed.end, zone),
        weekly,
    )


def _number(typed: str, key: str, **values: int) -> int:
    if not re.fullmatch("[0-9]{1,4}", typed):
        raise BadInput(key, **values)
    return int(typed)


def _time(typed: str, zone: str) -> datetime | None:
    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed)
    except ValueError as error:
        raise BadInput("telling.time_wrong", typed=typed[:40]) from error
    return found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _typed(duty: Duty) -> Typed:
    """A duty as its form shows it."""
    person, weekly = duty.person, duty.weekly
    quiet = person.quiet_hours.partition("-")
    return Typed(
        duty.id,
        person.member,
        duty.role,
        str(duty.order),
        [str(day) for day in weekly.days] if weekly else [],
        weekly.start if weekly else "00:00",
        weekly.end if weekly else "00:00",
        _local(duty.start, person.time_zone),
        _local(duty.end, person.time_zone),
        list(person.channels),
        person.language,
        person.time_zone,
        quiet[0],
        quiet[2],
        str(person.wait_minutes),
    )


def _local(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if at else ""


def _member(asking: Asking, person: str) -> Member:
    for member in asking.app.access.members(asking.workspace):
        if member.person.id == person:
            return member
    raise BadInput("telling.no_member")


def _known(asking: Asking, duty: str) -> Duty:
    for known in asking.app.prepare.duties(asking.workspace):
        if known.id == duty:
            return known
    raise Missing("telling.no_duty")


def _form(request: Request, asking: Asking, typed: Typed, problem: str = "") -> Response:
    members = [m for m in asking.app.access.members(asking.workspace) if m.may("read")]
    return page(
        request,
        "duty_form.html",
        asking,
        status=422 if problem else 200,
        typed=typed,
        problem=problem,
        people=[(m.person.id, m.person.name) for m in members],
        roles=ROLES,
        channels=asking.app.prepare.channels(asking.workspace),
        slots=range(SLOTS),
        languages=LANGUAGES,
    )
