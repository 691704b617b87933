"""Posts in the reader's language: from what was translated before, or from the translator."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from fenghuo.config import Config
from fenghuo.i18n import Language
from fenghuo.inference.chat_translator import ChatTranslator
from fenghuo.inference.libretranslate import LibreTranslate
from fenghuo.ports.listen_store import StoredMention
from fenghuo.ports.store import Store
from fenghuo.ports.translates import Translates
from fenghuo.security.egress import Egress

READ = 2_000
"""Characters of a post that are translated: what a person reads before opening the original."""


def translator_of(config: Config, now: Callable[[], datetime]) -> Translates | None:
    """The translator of the configuration; None when there is none.

    Its own host may be private: whoever sets the environment has chosen it.
    """
    if not config.translate_url:
        return None
    host = urlsplit(config.translate_url).hostname or ""
    allowed = config.private if config.private is True else [*(config.private or []), host]
    way = Egress(now, allow_private=allowed, proxy=config.proxy)
    if config.translate_model:
        return ChatTranslator(
            way, config.translate_url, config.translate_model, config.translate_key
        )
    return LibreTranslate(way, config.translate_url, config.translate_key)


def needs(mention: StoredMention, language: Language) -> bool:
    """Whether a reader of this language is helped by a translation that may be made.

    Private words never leave this house.
    """
    spoken = mention.understanding.lang if mention.understanding else mention.post.lang
    own = "zh" if language == "zh-CN" else "en"
    return bool(spoken) and not spoken.startswith(own) and not mention.post.private


class Translating:
    """Translates mentions once and remembers it."""

    def __init__(self, store: Store, translator: Translates | None) -> None:
        """Without a translator nothing is translated and nothing is offered."""
        self._store = store
        self._translator = translator

    @property
    def name(self) -> str:
        """The translator as people see it; "" when there is none."""
        return self._translator.name if self._translator else ""

    def offers(self, mention: StoredMention, language: Language) -> bool:
        """Whether this mention can be had in this language."""
        return self._translator is not None and needs(mention, language)

    async def of(self, mentions: Sequence[StoredMention], language: Language) -> dict[str, str]:
        """Translations by mention; those that need none are left out. Raises domain errors."""
        wanted = [m for m in mentions if needs(m, language)] if self._translator else []
        if not self._translator or not wanted:
            return {}
        known = await asyncio.to_thread(self._known, [m.id for m in wanted], language)
        new = [m for m in wanted if m.id not in known]
        texts = [m.post.words[:READ] for m in new]
        words = await self._translator.translate(texts, language) if new else []
        made = {m.id: text for m, text in zip(new, words, strict=True)}
        if made:
            await asyncio.to_thread(self._keep, made, language)
        return {**known, **made}

    def known(self, mentions: Sequence[StoredMention], language: Language) -> dict[str, str]:
        """As `of`, but only what was translated before: nothing is sent, nothing is paid for."""
        wanted = [m.id for m in mentions if needs(m, language)] if self._translator else []
        return self._known(wanted, language) if wanted else {}

    def _known(self, mentions: Sequence[str], language: Language) -> dict[str, str]:
        with self._store.reading() as tx:
            return dict(tx.translations.translations(mentions, language, self.name))

    def _keep(self, made: dict[str, str], language: Language) -> None:
        with self._store.transaction() as tx:
            tx.translations.save(made, language, self.name)
