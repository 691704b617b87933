"""How well posts are put into stories, by the product's own code on its own vectors.

Two streams: News-T (titles of the news, 152 stories) and CrisisLex (posts of 13 crises, the
unrelated ones as noise in the stream, not scored). A JSON line a figure: {"id", "value", "beat",
"rows", ...}, with precision and recall (B-cubed) apart, the number of stories and the biggest one,
beside three baselines of the same run: one pass at one fixed threshold (the best of several, chosen
on the answers), all in one story, and each post alone.
Run: FENGHUO_DATA=... python benchmarks/quality/stories.py
Vectors are kept in FENGHUO_VECTORS, a folder, where that is set.
"""

import gzip
import json
import math
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from fenghuo.app import understands
from fenghuo.domain.log import Heard, Meaning
from fenghuo.domain.post import Post, millis
from fenghuo.listen import Stories, meaning_of

BATCH = 32
NEAR = (0.30, 0.36, 0.42, 0.48, 0.54)
NEWS_T, CRISISLEX = 0.873, 0.60
"""NMI of MStreamF on News-T (published); the aim for CrisisLex with the same settings."""


class Told(msgspec.Struct, frozen=True):
    """One post of a stream; `truth` is its story, "" where it belongs to none."""

    source: Heard
    meaning: Meaning
    truth: str


def stream(data: Path, name: str, truth: Callable[[dict[str, Any]], str]) -> list[Told]:
    """The posts of a file in its order, as the log would hold them."""
    packed = gzip.decompress((data / name).read_bytes())
    rows = [json.loads(line) for line in packed.split(b"\n") if line]
    told = []
    for row, meaning in zip(rows, meanings(name, rows), strict=True):
        at = millis(datetime.fromisoformat(row["time"]).astimezone(UTC))
        told.append(Told(Heard(row["id"], at), meaning, truth(row)))
    return told


def meanings(name: str, rows: Sequence[dict[str, Any]]) -> list[Meaning]:
    """What the product makes of each text; read from the folder of vectors when it is there."""
    folder = os.environ.get("FENGHUO_VECTORS")
    kept = Path(folder) / f"{name.replace('/', '_')}.msgpack" if folder else None
    if kept and kept.exists():
        return msgspec.msgpack.decode(kept.read_bytes(), type=list[Meaning])
    model, at, found = understands(), datetime(2020, 1, 1, tzinfo=UTC), list[Meaning]()
    for start in range(0, len(rows), BATCH):
        texts = [row["text"] for row in rows[start : start + BATCH]]
        posts = [Post(platform="x", id="1", time=at, text=text) for text in texts]
        found.extend(map(meaning_of, model.understand(posts)))
    if kept:
        kept.write_bytes(msgspec.msgpack.encode(found))
    return found


def ours(told: Sequence[Told]) -> list[str]:
    """Story by story as `advance` does it: the silent are closed, and the weakest in a crowd."""
    stories, said, now = Stories([], 1), list[str](), 0
    for one in told:
        now = max(now, one.source.at)
        for silent in stories.silent(now):
            stories.close(silent)
        said.append(stories.join(one.source, one.meaning).id)
        if weakest := stories.weakest():
            stories.close(weakest)
    return said


def fixed(told: Sequence[Told], near: float) -> list[str]:
    """One pass: the nearest running mean of all before, however long ago, from one threshold on."""
    vectors = np.array([np.frombuffer(t.meaning.vector, np.int8) for t in told], np.float32) / 127
    sums, said = np.empty_like(vectors), list[str]()
    lengths: NDArray[np.float32] = np.ones(len(told), np.float32)
    count = 0
    for vector in vectors:
        likeness = sums[:count] @ vector / lengths[:count]
        place = int(likeness.argmax()) if count else 0
        if not count or likeness[place] < near:
            place, count = count, count + 1
            sums[place] = 0.0
        sums[place] += vector
        lengths[place] = float(np.linalg.norm(sums[place]))
        said.append(str(place))
    return said


def figures(told: Sequence[Told], said: Sequence[str]) -> dict[str, float]:
    """B-cubed precision, recall and F1, NMI, stories and the biggest, over posts with a truth."""
    pairs = [(one.truth, name) for one, name in zip(told, said, strict=True) if one.truth]
    both, n = Counter(pairs), len(pairs)
    truths, names = Counter(t for t, _ in pairs), Counter(s for _, s in pairs)
    precision = sum(k * k / names[s] for (_, s), k in both.items()) / n
    recall = sum(k * k / truths[t] for (t, _), k in both.items()) / n
    shared = sum(k / n * math.log(k * n / (truths[t] * names[s])) for (t, s), k in both.items())
    entropy = _entropy(truths) * _entropy(names)
    return {
        "nmi": round(shared / math.sqrt(entropy), 3) if entropy else 0.0,
        "b3_precision": round(precision, 3),
        "b3_recall": round(recall, 3),
        "b3_f1": round(2 * precision * recall / (precision + recall), 3),
        "stories": len(names),
        "biggest": max(names.values()),
    }


def _entropy(counts: Counter[str]) -> float:
    n = counts.total()
    return -sum(k / n * math.log(k / n) for k in counts.values())


def measure(name: str, by: str, beat: float, told: Sequence[Told]) -> None:
    """Ours and the baselines, a line each."""
    runs = {near: figures(told, fixed(told, near)) for near in NEAR}
    best = max(runs, key=lambda near: runs[near][by])
    lines = {
        "ours": figures(told, ours(told)),
        f"fixed_{best:.2f}": runs[best],
        "one_story": figures(told, ["one"] * len(told)),
        "each_alone": figures(told, [str(n) for n in range(len(told))]),
    }
    for method, found in lines.items():
        line = {"id": f"stories.{name}.{method}", "value": found[by], "of": by, "beat": beat}
        print(json.dumps({**line, **found, "rows": len(told)}), flush=True)


def main() -> None:
    """Print the figures of both streams."""
    data = os.environ.get("FENGHUO_DATA")
    if data is None:
        print("FENGHUO_DATA does not say where the data is: nothing measured", file=sys.stderr)
        return
    news = stream(Path(data), "mstream/news_t.jsonl.gz", lambda row: str(row["story"]))
    measure("news_t", "nmi", NEWS_T, news)
    crises = stream(
        Path(data),
        "crisislex_t26/posts.jsonl.gz",
        lambda row: str(row["event"]) if row["related"] else "",
    )
    measure("crisislex", "b3_f1", CRISISLEX, crises)


if __name__ == "__main__":
    main()
