"""Translations: kept once, by reader's language and translator, gone when the words are erased."""

from storage.rows import OURS, add, erase, mention, post

from fenghuo.storage import Database


def test_a_translation_is_kept_once_for_each_language_and_translator(database: Database) -> None:
    made = mention(post("1"))
    with database.transaction() as tx:
        add(tx, made)
        tx.translations.save({made.id: "first"}, "en", "LibreTranslate")
        tx.translations.save({made.id: "second"}, "en", "LibreTranslate")
        tx.translations.save({made.id: "译文"}, "zh-CN", "LibreTranslate")
        tx.translations.save({}, "en", "LibreTranslate")
        found = [
            tx.translations.translations([made.id, "m2"], language, translator)
            for language, translator in (
                ("en", "LibreTranslate"),
                ("zh-CN", "LibreTranslate"),
                ("en", "small-model"),
            )
        ]
    assert found == [{made.id: "first"}, {made.id: "译文"}, {}]


def test_erased_words_stay_in_no_language(database: Database) -> None:
    made = mention(post("1"))
    with database.transaction() as tx:
        add(tx, made)
        tx.translations.save({made.id: "words"}, "en", "LibreTranslate")
        assert erase(tx, OURS, made.id)
        assert tx.translations.translations([made.id], "en", "LibreTranslate") == {}
