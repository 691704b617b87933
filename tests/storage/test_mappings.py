"""Column mappings: kept by name, each workspace its own."""

from storage.rows import OURS, THEIRS

from fenghuo.storage import Database


def test_a_mapping_is_kept_by_its_name_rewritten_and_forgotten(database: Database) -> None:
    with database.transaction() as tx:
        tx.listen.save_mapping(OURS, "shop", b"1")
        tx.listen.save_mapping(OURS, "desk", b"2")
        tx.listen.save_mapping(OURS, "shop", b"3")
        assert tx.listen.mappings(OURS) == [b"2", b"3"]
        tx.listen.remove_mapping(OURS, "desk")
        assert tx.listen.mappings(OURS) == [b"3"]


def test_a_workspace_has_its_own_mappings(database: Database) -> None:
    with database.transaction() as tx:
        tx.listen.save_mapping(OURS, "shop", b"ours")
        tx.listen.save_mapping(THEIRS, "shop", b"theirs")
        tx.listen.remove_mapping(THEIRS, "shop")
        assert tx.listen.mappings(OURS) == [b"ours"]
        assert tx.listen.mappings(THEIRS) == []
