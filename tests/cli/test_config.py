"""A setting that cannot be used is named, in the reader's language, before anything is done."""

from pathlib import Path

import pytest
from cli.conftest import Shell

from fenghuo.config import load
from fenghuo.domain.errors import BadInput
from fenghuo.i18n import LANGUAGES, explain

WRONG = [
    ("PUBLIC_URL", "foo"),
    ("PUBLIC_URL", "fenghuo.example.com"),
    ("PUBLIC_URL", "ftp://fenghuo.example.com"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://a b.example"),
    ("PUBLIC_URL", "https://a.example:99999"),
    ("PUBLIC_URL", "https://a.example/?x=1"),
    ("PROXY", "127.0.0.1:1080"),
    ("PROXY", "ftp://127.0.0.1:1080"),
    ("TRANSLATE_URL", "localhost:5000"),
    ("ALLOW_PRIVATE", "http://10.0.0.1"),
    ("ALLOW_PRIVATE", "10.0.0.0/8, 10.0.0.0/99"),
    ("HOST", "http://127.0.0.1"),
    ("HOST", "127.0.0.1:8420"),
    ("PORT", "many"),
    ("TRANSLATE_KEY_FILE", "/nowhere/at/all"),
    ("TRANSLATE_KEY_FILE", "/proc"),
]
RIGHT = [
    ("PUBLIC_URL", "https://fenghuo.example.com/"),
    ("PUBLIC_URL", "http://10.0.0.7:8420"),
    ("PUBLIC_URL", "https://烽火.example"),
    ("PUBLIC_URL", ""),
    ("PROXY", "socks5://user:word@proxy:1080"),
    ("TRANSLATE_URL", "http://127.0.0.1:5000/v1"),
    ("ALLOW_PRIVATE", "10.0.0.0/8,mail.local, ::1"),
    ("ALLOW_PRIVATE", "true"),
    ("HOST", "::1"),
    ("HOST", "0.0.0.0"),  # noqa: S104 - read, not bound
    ("PORT", "80"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_named_with_its_cure_in_both_languages(name: str, value: str) -> None:
    with pytest.raises(BadInput) as caught:
        load({f"FENGHUO_{name}": value})
    for language in LANGUAGES:
        told = explain(caught.value, language)
        assert f"FENGHUO_{name}" in told
        assert "{" not in told


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_a_setting_that_can_be_used_is_taken_as_it_is(name: str, value: str) -> None:
    config = load({f"FENGHUO_{name}": value})
    assert str(getattr(config, name.lower())) == value


def test_no_secret_of_a_wrong_setting_is_repeated() -> None:
    with pytest.raises(BadInput) as caught:
        load({"FENGHUO_PROXY": "user:hunter2@proxy"})
    assert "hunter2" not in str(caught.value) + explain(caught.value, "en")


@pytest.mark.parametrize("command", ["serve", "demo", "doctor"])
def test_nothing_starts_with_a_wrong_setting(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.setenv("FENGHUO_PUBLIC_URL", "foo")
    code, out, err = shell(command)
    assert (code, out) == (2, "")
    assert "FENGHUO_PUBLIC_URL" in err
    assert not (tmp_path / "var").exists()
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "要写完整的网址" in shell(command)[2]
