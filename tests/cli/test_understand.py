"""`fenghuo understand`: one answer a line, in order, whatever the line holds."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from click.testing import CliRunner

from fenghuo.cli import understand as command
from fenghuo.domain.post import Post
from fenghuo.domain.understanding import CRISIS_TYPES, SENTIMENTS, Cue, Reason, Understanding


class Told:
    """A model that answers the same to every post and remembers the sizes of its batches."""

    name = "told/1"

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def alarming(self, post: Post) -> bool:
        return False

    def understand(self, posts: Sequence[Post]) -> list[Understanding]:
        self.sizes.append(len(posts))
        return [
            Understanding(
                lang="en",
                lang_p=0.9,
                sentiment={label: float(label == "negative") for label in SENTIMENTS},
                crisis_type={label: float(label == "none") for label in CRISIS_TYPES},
                cues=(Cue("fire", 0.8, ("caught fire",)),),
                why=(Reason("sentiment", ("bad",), ("an example",)),),
                vector=b"\x00" * 512,
            )
            for _ in posts
        ]


def answers(data: bytes, model: Told | None = None) -> list[dict[str, Any]]:
    out = io.BytesIO()
    command.run(io.BytesIO(data), out, model or Told())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_answer_has_the_fixed_form_and_keeps_the_type_of_the_id() -> None:
    got = answers(
        b'{"id":7,"text":"a","platform":"x","metrics":{"likes":1}}\n{"id":"7","text":"b"}'
    )
    assert [one["id"] for one in got] == [7, "7"]
    assert list(got[0]) == ["id", "lang", "lang_p", "sentiment", "crisis_type", "cues", "why"]
    assert got[0]["cues"] == [{"cue": "fire", "p": 0.8, "words": ["caught fire"]}]
    assert got[0]["why"] == [{"of": "sentiment", "words": ["bad"], "examples": ["an example"]}]


def test_a_sign_that_was_cut_in_half_costs_no_answer() -> None:
    got = answers(b'{"id":7,"text":"veyra \xe8\xb5\xb7\xe7\x81\xab \\ud83d"}\n')
    assert [one["id"] for one in got] == [7]
    assert got[0]["lang"] == "en"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"{broken", None),
        (b"[1, 2]", None),
        (b'{"id":1,"text":"\xff\xfe"}', None),
        (b'{"id":3}', 3),
        (b'{"id":4,"text":5}', 4),
        (b'{"id":[1],"text":"x"}', None),
        (b'{"text":"no id"}', None),
    ],
)
def test_a_bad_line_is_answered_in_its_place_and_the_rest_goes_on(
    line: bytes, name: int | None
) -> None:
    got = answers(b'{"id":"a","text":"x"}\n' + line + b'\n{"id":"b","text":"y"}\n')
    assert [one["id"] for one in got] == ["a", name, "b"]
    assert list(got[1]) == ["id", "error"]
    assert got[1]["error"]


def test_a_line_too_long_is_skipped_without_harm_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "LONGEST", 64)
    got = answers(b'{"id":1,"text":"' + b"x" * 500 + b'"}\n{"id":2,"text":"y"}\n')
    assert "error" in got[0]
    assert got[1]["id"] == 2


def test_nul_and_line_separators_inside_a_text_are_no_line_ends() -> None:
    got = answers('{"id":1,"text":"a\\u0000b\u2028c"}\n{"id":2,"text":"y"}\n'.encode())
    assert [one["id"] for one in got] == [1, 2]


def test_blank_lines_say_nothing_and_the_last_line_needs_no_end() -> None:
    assert len(answers(b'\n\n{"id":1,"text":"x"}\n  \n{"id":2,"text":"y"}')) == 2


def test_posts_are_judged_in_small_batches() -> None:
    model = Told()
    answers(b'{"id":1,"text":"x"}\n' * 100, model)
    assert max(model.sizes) == command.BATCH


def test_the_shipped_model_answers_from_the_shell() -> None:
    text = "The charger caught fire in my kitchen, the fire brigade came"
    given = json.dumps({"id": "p1", "text": text}) + "\nnot json\n"
    result = CliRunner().invoke(command.understand, input=given)
    assert result.exit_code == 0
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first["cues"][0]["cue"] == "fire"
    assert abs(sum(first["sentiment"].values()) - 1) < 1e-9
    assert second["id"] is None
