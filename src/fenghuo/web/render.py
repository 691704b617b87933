"""Pages from templates: escaped, in the reader's language and time."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial
from importlib.resources import files
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from fenghuo.domain.market import COMMONEST, MARKETS
from fenghuo.domain.post import aware, millis
from fenghuo.i18n import Language, say
from fenghuo.ports.listen_store import StoredMention
from fenghuo.web.asking import Asking
from fenghuo.web.cities import COMMON_ZONES, OTHER_ZONES, CityTime, city, clocks
from fenghuo.web.drawn import icon, initials, range_dot, spark
from fenghuo.web.languages import language_name
from fenghuo.web.markets import market_name, market_names, ticked
from fenghuo.web.places import PLACES

STATIC = files("fenghuo.web").joinpath("static")
THEME, THEMES = "fenghuo_theme", ("light", "dark")


@cache
def environment() -> Environment:
    """The templates; an unknown name is an error, not an empty string."""
    made = Environment(
        loader=PackageLoader("fenghuo.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        static=static_url,
        icon=icon,
        range_dot=range_dot,
        spark=spark,
        initials=initials,
        ms=millis,
        as_json=partial(json.dumps, ensure_ascii=False),
        city=city,
        common_zones=COMMON_ZONES,
        other_zones=OTHER_ZONES,
        common_markets=COMMONEST,
        market_name=market_name,
        all_markets=MARKETS,
        language_name=language_name,
        market_names=market_names,
        ticked=ticked,
    )
    return made


@cache
def static_url(name: str) -> str:
    """A static file's address with its digest, so that it may be kept for ever."""
    data = STATIC.joinpath(name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(data).hexdigest()[:12]}"


def page(
    request: Request, template: str, asking: Asking, *, status: int = 200, **values: object
) -> Response:
    """The page as a response."""
    theme = request.cookies.get(THEME, "")
    text = (
        environment()
        .get_template(template)
        .render(
            me=asking,
            t=lambda key, **v: say(key, asking.language, **v),
            when=lambda at: local_time(at, asking.zone, asking.now),
            path=request.url.path,
            places=PLACES,
            theme=theme if theme in THEMES else "",
            clocks=_clocks(asking),
            translatable=lambda mention: asking.app.translating.offers(mention, asking.language),
            unread=_unread(asking),
            url=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
            **values,
        )
    )
    return HTMLResponse(text, status)


def _unread(asking: Asking) -> Callable[[StoredMention], bool]:
    """Whether nobody of the team reads the language of a mention, as far as the watch says."""

    @cache
    def read() -> dict[str, tuple[str, ...]]:
        watches = asking.app.listen.watches(asking.workspace)
        return {stored.id: stored.watch.languages for stored in watches}

    def unread(mention: StoredMention) -> bool:
        known, found = read().get(mention.watch), mention.understanding
        return bool(known and found and found.lang not in {*known, "und"})

    return unread


def _clocks(asking: Asking) -> tuple[CityTime, ...]:
    if asking.member is None:
        return ()
    people = asking.app.access.members(asking.workspace)
    others = [m.person.time_zone for m in people]
    return clocks(asking.now, asking.zone, others, asking.language)


def local_time(at: int, zone: str, now: datetime) -> str:
    """Hour and minute in a zone; the day as well when it is another one. 0 is "–"."""
    if not at:
        return "–"
    place = ZoneInfo(zone)
    local, today = aware(at).astimezone(place), now.astimezone(place)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


def joined(words: Sequence[str], language: Language) -> str:
    """Words in a row."""
    return ("、" if language == "zh-CN" else ", ").join(words)
