"""LibreTranslate: a translation server that a team can run itself."""

from collections.abc import Sequence

import msgspec

from fenghuo.domain.errors import OurMove
from fenghuo.ports.http import Http

CODES = {"zh-CN": "zh", "en": "en"}


class _Answer(msgspec.Struct, rename={"translated": "translatedText"}):
    translated: list[str]


_decode = msgspec.json.Decoder(_Answer).decode


class LibreTranslate:
    """Implements Translates over POST /translate."""

    def __init__(self, http: Http, url: str, key: str = "") -> None:
        """`url` is the server's address without a path; `key` only where it asks for one."""
        self._http = http
        self._url = url.rstrip("/") + "/translate"
        self._key = key

    @property
    def name(self) -> str:
        """As people see it."""
        return "LibreTranslate"

    async def translate(self, texts: Sequence[str], target: str) -> list[str]:
        """All in one request; the server finds out each language by itself."""
        body = {"q": list(texts), "source": "auto", "target": CODES[target], "format": "text"}
        if self._key:
            body["api_key"] = self._key
        headers = {"content-type": "application/json"}
        answer = await self._http.post(
            self._url, content=msgspec.json.encode(body), headers=headers
        )
        try:
            made = _decode(answer.accepted().body).translated
        except msgspec.DecodeError as error:
            raise OurMove("translate.unreadable", str(error), host=answer.host) from error
        if len(made) != len(texts):
            told = f"{len(made)} texts for {len(texts)}"
            raise OurMove("translate.unreadable", told, host=answer.host)
        return made
