"""Markets: the countries and territories of ISO 3166, by their two letters."""

from collections.abc import Iterable

from fenghuo.domain.errors import BadInput

MARKETS = tuple(
    """
    ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq
    br bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm
    do dz ec ee eg eh er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs
    gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn
    kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq
    mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm
    pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv
    sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug um us uy uz va vc ve vg vi
    vn vu wf ws ye yt za zm zw
    """.split()  # noqa: SIM905 - a list of 249 lines is not read more easily
)
COMMONEST = ("us", "de", "gb", "fr", "es", "it", "jp", "kr", "au", "ca", "mx", "br", "in", "sa")
"""Where exporters sell most; a form offers them before the others."""
_MISTAKEN = {"uk": "gb", "en": "gb", "el": "gr"}
"""What people write for a country that has other letters."""


def check_markets(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes in small letters, each once; BadInput names the first that is none."""
    found = tuple(dict.fromkeys(code.strip().lower() for code in codes))
    for code in found:
        if code in MARKETS:
            continue
        if code in _MISTAKEN:
            raise BadInput("watch.market_other", code=code, right=_MISTAKEN[code])
        raise BadInput("watch.market_wrong", code=code[:40])
    return found
