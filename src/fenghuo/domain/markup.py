"""Markup that a platform wraps words in, and the words inside it."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import msgspec

# Both go over a text once: no tag reaches past the next "<", and nothing that was matched is given
# back (possessive), so that a hostile text costs no more than its length.
_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]*+)"""
    r"""(?P<rest>(?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+)>|<[!/?a-zA-Z][^<>]*+>"""
)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_BREAKS = re.compile(r" ?\n(?: ?\n)*+ ?")

_LINES = frozenset({"br", "hr", "tr", "li", "dt", "dd", "option", "figcaption"})
_BLOCKS = frozenset({
    "p", "div", "ul", "ol", "table", "blockquote", "pre", "section", "article", "header", "footer",
    "h1", "h2", "h3", "h4", "h5", "h6",
})  # fmt: skip
_SILENT = frozenset({
    "script", "style", "template", "noscript", "title", "head", "textarea", "select", "svg", "math",
})  # fmt: skip
MOST_LINKS = 50


class Plain(msgspec.Struct, frozen=True):
    """The words of a piece of HTML; `links` are absolute; `images` how many it shows."""

    text: str
    links: tuple[str, ...] = ()
    images: int = 0


def plain(html: str, base: str = "") -> Plain:
    """Words, links and pictures of a piece of HTML; nothing of the markup is left.

    What was escaped in it is text: "&lt;b&gt;" gives "<b>". Relative links are read from `base`.
    """
    parts: list[str] = []
    links: dict[str, None] = {}
    images, silent, place = 0, "", 0
    html = _without_comments(html).replace("\n", " ")
    for tag in _TAG.finditer(html):
        name, end = (tag["name"] or "").lower(), bool(tag["end"])
        if silent:
            silent = "" if end and name == silent else silent
        else:
            parts += (html[place : tag.start()], _space(name, end))
            images += name == "img"
            links[_link(base, tag["rest"]) if name == "a" and not end else ""] = None
            silent = name if name in _SILENT and not end else ""
        place = tag.end()
    parts.append("" if silent else html[place:])
    text = _BREAKS.sub(_break, _SPACES.sub(" ", "".join(parts))).strip()
    return Plain(unescape(text), tuple(filter(None, links))[:MOST_LINKS], images)


def web_address(link: str, base: str = "") -> str:
    """The absolute http or https address that `link` means on the page `base`; "" when none."""
    try:
        whole = urljoin(base, link.strip())
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return whole if parts.scheme in {"http", "https"} and parts.netloc else ""


def _without_comments(html: str) -> str:
    first, *rest = html.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)


def _space(name: str, end: bool) -> str:
    return "\n\n" if name in _BLOCKS else "\n" if name in _LINES and not end else ""


def _link(base: str, attributes: str) -> str:
    for name, *values in _ATTRIBUTE.findall(attributes):
        if name.lower() == "href":
            return web_address(unescape("".join(values)), base)
    return ""


def _break(found: re.Match[str]) -> str:
    return "\n\n" if found[0].count("\n") > 1 else "\n"
