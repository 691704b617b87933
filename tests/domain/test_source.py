"""Health of a source: silence is noticed, a night is not."""

import msgspec

from fenghuo.domain.source import HOUR_MS, Health, failed, quiet, read_well, troubled


def lively() -> Health:
    health = Health()
    for hour in range(1, 50):
        health = read_well(health, hour * HOUR_MS, 4, 0)
    return health


def test_a_lively_source_is_quiet_after_a_long_silence_only() -> None:
    health = lively()
    assert not quiet(health, health.last_post + 3 * HOUR_MS)
    assert quiet(health, health.last_post + 7 * HOUR_MS)


def test_a_source_with_a_post_a_week_is_not_quiet_after_a_day() -> None:
    health = Health()
    for week in range(1, 6):
        health = read_well(health, week * 168 * HOUR_MS, 1, 0)
    assert not quiet(health, health.last_post + 24 * HOUR_MS)


def test_a_source_that_never_brought_anything_is_not_called_quiet() -> None:
    assert not quiet(read_well(Health(), HOUR_MS, 0, 0), 1000 * HOUR_MS)


def test_a_failure_remembers_when_it_began_and_a_good_read_clears_it() -> None:
    health = failed(lively(), 60 * HOUR_MS, "sources.unreachable", {}, "ours")
    again = failed(health, 61 * HOUR_MS, "sources.unreachable", {}, "ours")
    assert again.failing_since == 60 * HOUR_MS
    assert read_well(again, 62 * HOUR_MS, 0, 0).error == ""


def test_trouble_is_told_after_the_patience_that_its_mover_deserves() -> None:
    minute = 60_000
    wrong_key = failed(lively(), 50 * HOUR_MS, "sources.credential_refused", {}, "user")
    assert not troubled(wrong_key, 50 * HOUR_MS + 4 * minute)
    assert troubled(wrong_key, 50 * HOUR_MS + 5 * minute)
    network = failed(lively(), 50 * HOUR_MS, "sources.unreachable", {}, "ours")
    assert not troubled(network, 50 * HOUR_MS + 29 * minute)
    assert troubled(network, 50 * HOUR_MS + 30 * minute)
    asked_to_wait = failed(lively(), 50 * HOUR_MS, "sources.wait", {}, "time")
    assert not troubled(asked_to_wait, 52 * HOUR_MS)


def test_a_good_read_keeps_in_mind_that_its_silence_was_told() -> None:
    told = msgspec.structs.replace(lively(), told="w1")
    assert read_well(told, 62 * HOUR_MS, 1, 0).told == "w1"
