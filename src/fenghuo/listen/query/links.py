"""Links inside a text: they are not words, `link:` searches them."""

import re
from urllib.parse import urlsplit

_LINK = re.compile(
    r"(?:https?|ftp|at)://[a-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+|www\.[a-z0-9._~:/?#@!$&'()*+,;=%-]+",
    re.IGNORECASE | re.ASCII,
)
# Bare hosts only before a path: "gap.com/jeans" is a link, "fire.Now" is not.
_BARE = (
    r"\.(?:com|org|net|gov|edu|info|io|co|me|app|ly|gl|tv|cn|hk|tw|jp|kr|uk|de|at|ch|fr|es|it|nl|pl"
    r"|ru|br|mx|eu|us|au|ca|in)/"
)
_BARE_THERE = re.compile(_BARE, re.IGNORECASE | re.ASCII)
_BARE_LINK = re.compile(
    rf"(?<![\w@.-])[a-z0-9-]+(?:\.[a-z0-9-]+)*?{_BARE}[a-z0-9._~:/?#@!$&'()*+,;=%-]*",
    re.IGNORECASE | re.ASCII,
)


def without_links(text: str) -> str:
    """`text` with each link blanked out, length kept, so that positions stay right."""
    if "/" in text or "ww." in text or "WW." in text:
        text = _LINK.sub(_blank, text)
        if "/" in text and _BARE_THERE.search(text):
            text = _BARE_LINK.sub(_blank, text)
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def links_in(text: str) -> list[str]:
    """The links that `without_links` takes out."""
    return [*_LINK.findall(text), *_BARE_LINK.findall(_LINK.sub(_blank, text))]


def host_of(link: str) -> str:
    """The host of a link in small letters without "www."; "" when it has none."""
    try:
        host = urlsplit(link if "://" in link else f"//{link}").hostname or ""
    except ValueError:  # a broken address in a post names no host
        return ""
    return host.lower().rstrip(".").removeprefix("www.")
