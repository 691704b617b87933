"""The list of time zones begins with those of exporters, and holds each place once."""

import re
from zoneinfo import available_timezones

import pytest
from msgspec.structs import replace
from web.house import House

from fenghuo.web.cities import COMMON_ZONES, OTHER_ZONES


def options(text: str) -> list[str]:
    chosen = text.split('name="time_zone"')[1].split("</select>")[0]
    return re.findall(r'value="([^"]+)"', chosen)


@pytest.mark.parametrize("path", ["/watch/{watch}", "/settings/duty/new"])
def test_a_form_offers_the_common_ones_first_and_every_place_once(house: House, path: str) -> None:
    text = house.client(house.owner).get(path.format(watch=house.watch)).text
    found = options(text)
    assert found[: len(COMMON_ZONES)] == list(COMMON_ZONES)
    assert len(found) == len(set(found))
    assert text.count("<optgroup") >= 2


def test_only_zones_that_there_are_are_offered_and_none_is_named_after_an_offset() -> None:
    assert {*COMMON_ZONES, *OTHER_ZONES} <= available_timezones()
    assert not [zone for zone in OTHER_ZONES if zone.startswith(("Etc/", "US/", "GMT"))]


def test_a_zone_that_is_offered_no_more_stays_chosen(house: House) -> None:
    watch = house.app.listen.one_watch(house.workspace, house.watch).watch
    house.app.listen.watch(house.workspace, replace(watch, time_zone="US/Pacific"), house.watch)
    text = house.client(house.owner).get(f"/watch/{house.watch}").text
    assert '<option value="US/Pacific" selected>' in text
