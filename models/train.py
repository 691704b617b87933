"""Trains the heads: `make models`, or `python models/train.py`.

1. read our own texts (models/texts, the held-out ones never);
2. read the data sets that may be trained on and shipped, when FENGHUO_DATA names their folder;
3. encode everything with the shipped encoder;
4. fit sentiment, crisis type and the seven cues;
5. write weights, examples and the card with the digests of what was read.
"""

import gzip
import hashlib
import json
import os
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import msgspec
import numpy as np
from logistic import Floats, fit_binary, fit_softmax
from numpy.typing import NDArray

from fenghuo.domain.understanding import CRISIS_TYPES, CUES, SENTIMENTS
from fenghuo.inference.usem3 import LANGUAGES, PACKAGE, Usem3
from fenghuo.listen.understand.cues import CueScale, gather
from fenghuo.listen.understand.heads import to_int8
from fenghuo.listen.understand.lexicon import Lexicon, read
from fenghuo.listen.understand.text import READ, plain
from fenghuo.listen.understand.weights import Card, Example, Input

HERE = Path(__file__).parent
DATA = HERE.parent / "src" / "fenghuo" / "data"
OUT = DATA / "heads"
NAME = "heads/1"
SEED = 0
WISESIGHT_TEST = 2_500
"""The last rows of wisesight are kept for the benchmark."""

AFRISENTI = ("por", "ary")
"""Of its languages, those that the encoder reads."""

SHARE = {"own": 1.5, "wisesight": 1.0, "por": 0.4, "ary": 0.4}
"""How much each source weighs in the sentiment head, all its rows together."""

SHOWN_EXAMPLES = 400
PRIOR = {"none": 2.0, "other": 2.0, "product": 2.0}
"""How much oftener than the rare types these are met; the rest count 1."""

L2 = {"sentiment": 1e-3, "crisis_type": 1e-4, "cues": 1e-3}
SCALE = CueScale()
HARD = 4.0
"""How much more a text weighs in the head of a cue whose words it holds without meaning them."""

Vectors = NDArray[np.float32]
Moods = list[tuple[str, str, str]]


def own_texts() -> tuple[list[Example], list[Input]]:
    """Our hand-written rows and the digests of their files."""
    rows: list[Example] = []
    inputs: list[Input] = []
    for path in sorted((HERE / "texts").glob("*.jsonl")):
        if path.stem.endswith("held_out"):
            continue
        data = path.read_bytes()
        here = [msgspec.json.decode(line, type=Example) for line in data.splitlines()]
        rows += here
        inputs.append(Input(f"texts/{path.name}", hashlib.sha256(data).hexdigest(), len(here)))
    return rows, inputs


def shared_moods(folder: Path) -> tuple[Moods, list[Input]]:
    """(source, label, text) of the sets whose licence lets weights be shipped."""
    moods: Moods = []
    inputs: list[Input] = []
    for name in ("wisesight", "afrisenti"):
        data = (folder / name / "dev.jsonl.gz").read_bytes()
        rows = [json.loads(line) for line in gzip.decompress(data).split(b"\n") if line]
        if name == "wisesight":
            kept = [("wisesight", r["label"], r["text"]) for r in rows[:-WISESIGHT_TEST]]
        else:
            kept = [
                (r["lang"], r["label"], r["text"])
                for r in rows
                if r["lang"] in AFRISENTI and r["split"] == "train"
            ]
        moods += [(of, "neutral" if label == "question" else label, t) for of, label, t in kept]
        inputs.append(Input(f"{name}/dev.jsonl.gz", hashlib.sha256(data).hexdigest(), len(kept)))
    return moods, inputs


def encode(encoder: Usem3, texts: list[str]) -> Vectors:
    """Vectors of cleaned texts, in batches of 32."""
    cleaned = [plain(text)[:READ] for text in texts]
    batches = [encoder.encode(cleaned[i : i + 32]) for i in range(0, len(cleaned), 32)]
    return np.vstack(batches)


def balanced(labels: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """Weights that give each label the same total, 1 in all."""
    counts = np.bincount(labels, minlength=k)
    return np.asarray(1.0 / (counts[labels] * np.count_nonzero(counts)))


def fit_sentiment(
    own: list[Example], vectors: Vectors, moods: Moods, shared: Vectors
) -> tuple[Floats, Floats]:
    """Each source is balanced by itself, then weighed by SHARE."""
    sources = ["own"] * len(own) + [source for source, _, _ in moods]
    names = [row.sentiment for row in own] + [label for _, label, _ in moods]
    labels = np.array([SENTIMENTS.index(name) for name in names])
    weights = np.zeros(len(labels))
    for source, share in SHARE.items():
        mask = np.array([one == source for one in sources])
        if mask.any():
            weights[mask] = share * balanced(labels[mask], 3)
    rows = np.vstack([vectors, shared]) if len(shared) else vectors
    return fit_softmax(rows, labels, weights, 3, L2["sentiment"])


def fit_types(own: list[Example], vectors: Vectors) -> tuple[Floats, Floats]:
    """Balanced labels under PRIOR: our texts hold many more crises than a real stream."""
    labels = np.array([CRISIS_TYPES.index(row.crisis_type) for row in own])
    prior = np.array([PRIOR.get(label, 1.0) for label in CRISIS_TYPES])
    weights = balanced(labels, len(CRISIS_TYPES)) * prior[labels]
    return fit_softmax(vectors, labels, weights, len(CRISIS_TYPES), L2["crisis_type"])


def named_cues(own: list[Example]) -> NDArray[np.bool_]:
    """Of each text, the cues [n, 7] whose words it holds: where the head will be asked."""
    words = (DATA / "lexicon" / "cues.toml").read_text("utf8")
    lexicon = Lexicon(read(tomllib.loads(words)))
    found = [{one.cue for one in gather(lexicon.find(plain(row.text)), row.lang)} for row in own]
    return np.array([[cue in cues for cue in CUES] for cues in found])


def fit_cues(own: list[Example], vectors: Vectors) -> tuple[Floats, Floats]:
    """One column a cue, against every text that does not show it; both halves weigh the same.

    A text that holds a cue's words and does not mean them weighs HARD times as much as one
    without: the head is asked only where there are words.
    """
    target = np.array([[float(cue in row.cues) for cue in CUES] for row in own])
    against = (1 - target) * np.where(named_cues(own), HARD, 1.0)
    weights = 0.5 * (target / target.sum(axis=0) + against / against.sum(axis=0))
    return fit_binary(vectors, target, weights, L2["cues"])


def pick_examples(own: list[Example]) -> list[int]:
    """Rows to show as reasons: round robin over (crisis type, sentiment, language)."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for i, row in enumerate(own):
        groups.setdefault((row.crisis_type, row.sentiment, row.lang), []).append(i)
    picked: list[int] = []
    turn = 0
    while len(picked) < min(SHOWN_EXAMPLES, len(own)):
        picked += [rows[turn] for rows in groups.values() if turn < len(rows)]
        turn += 1
    return sorted(picked[:SHOWN_EXAMPLES])


def main() -> None:
    """Train and write."""
    own, inputs = own_texts()
    moods: Moods = []
    folder = os.environ.get("FENGHUO_DATA")
    if folder:
        moods, more = shared_moods(Path(folder))
        inputs += more
    else:
        click.echo("FENGHUO_DATA is unset: training on our own texts alone.")
    encoder = Usem3()
    vectors = encode(encoder, [row.text for row in own])
    shared = encode(encoder, [text for _, _, text in moods]) if moods else vectors[:0]
    arrays: dict[str, NDArray[np.float16] | NDArray[np.int8]] = {}
    for name, (weights, bias) in {
        "sentiment": fit_sentiment(own, vectors, moods, shared),
        "crisis_type": fit_types(own, vectors),
        "cues": fit_cues(own, vectors),
    }.items():
        arrays[f"{name}_weights"] = weights.astype(np.float16)
        arrays[f"{name}_bias"] = bias.astype(np.float16)
    picked = pick_examples(own)
    arrays["examples"] = to_int8(vectors[picked])
    write(arrays, [own[i] for i in picked], inputs, encoder.name)
    click.echo(f"{len(own)} own texts, {len(moods)} shared rows, written to {OUT.name}/")


def write(
    arrays: dict[str, NDArray[np.float16] | NDArray[np.int8]],
    examples: list[Example],
    inputs: list[Input],
    encoder: str,
) -> None:
    """Weights, examples and card, into the package's data."""
    OUT.mkdir(parents=True, exist_ok=True)
    save: Any = np.savez  # its stub takes any array name for the one flag
    save(OUT / "heads.npz", **arrays)
    lines = [msgspec.json.encode(example) + b"\n" for example in examples]
    (OUT / "examples.jsonl").write_bytes(b"".join(lines))
    packages = {name: version(name) for name in (PACKAGE, "numpy")}
    card = Card(NAME, encoder, SEED, tuple(sorted(LANGUAGES)), SCALE, tuple(inputs), packages)
    (OUT / "card.json").write_bytes(msgspec.json.format(msgspec.json.encode(card)) + b"\n")


if __name__ == "__main__":
    main()
