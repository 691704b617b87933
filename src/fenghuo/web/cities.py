"""Zones by city: people say "02:44 in Shanghai", never "GMT+8"."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from fenghuo.i18n import Language, catalogue

COMMON_ZONES = (
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo", "Asia/Singapore", "Asia/Dubai",
    "Europe/London", "Europe/Berlin", "Europe/Paris", "America/New_York", "America/Chicago",
    "America/Los_Angeles", "America/Sao_Paulo", "Australia/Sydney", "UTC",
)  # fmt: skip
"""Where exporters and their customers are; a form offers them before the others."""
_PARTS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
          "Pacific")  # fmt: skip
OTHER_ZONES = tuple(
    zone
    for zone in sorted(available_timezones())
    if zone.partition("/")[0] in _PARTS and zone not in COMMON_ZONES
)
"""Zones that are named after a place; older names of the same ones are left out."""


class CityTime(msgspec.Struct, frozen=True):
    """What the clocks of a city show; `day` is its weekday, 0 Monday, when it differs."""

    time: str
    city: str
    day: int | None = None


def city(zone: str, language: Language) -> str:
    """The city after which a zone is named, in the reader's language where we know it."""
    name = zone.rsplit("/", 1)[-1]
    return catalogue(language).get(f"cities.{name.lower()}", name.replace("_", " "))


def clocks(
    now: datetime, own: str, others: Iterable[str], language: Language
) -> tuple[CityTime, ...]:
    """The reader's city first, then the one where most other people of the workspace are."""
    known: Counter[str] = Counter()
    for zone in others:
        if ZoneInfo(zone).utcoffset(now.replace(tzinfo=None)) != ZoneInfo(own).utcoffset(
            now.replace(tzinfo=None)
        ):
            known[zone] += 1
    zones = [own, *(zone for zone, _ in known.most_common(1))]
    here = now.astimezone(ZoneInfo(own))
    shown = []
    for zone in zones:
        local = now.astimezone(ZoneInfo(zone))
        day = local.weekday() if zone == own or local.date() != here.date() else None
        shown.append(CityTime(f"{local:%H:%M}", city(zone, language), day))
    return tuple(shown)
