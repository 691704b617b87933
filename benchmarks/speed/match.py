"""Decode, fold and match against 10,000 boolean queries, beside a baseline in the same run.

Baseline: decode, NFKC, case-fold and a raw scan for the same literals: what any matcher must do
that knows nothing of words, scripts or queries. Prints one JSON line of CPU time; the ratio
travels between machines, posts a second do not.
"""

import gc
import json
import random
import statistics
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence

import msgspec
from ahocorasick_rs import AhoCorasick

from fenghuo.domain.post import Post
from fenghuo.listen.query import Matcher, parse

POSTS, QUERIES, ROUNDS, SEED = 8_000, 10_000, 7, 20
LENGTH = 200


def _words(text: str) -> list[str]:
    return text.split()


ENGLISH = _words(
    """the a my of and to in it was that this is for on with but they have not very just so
after before under over charger phone battery screen order parcel shop service help today tomorrow
morning evening again never always people family house street garden coffee music train weather
holiday weekend football kitchen garden window summer winter really great awful broken fine slow
quick answer question support refund return warranty manual update version cable colour price
buy bought sold wait waited call called email letter reply week month year friend mother brother
Office Monday Friday London Berlin Singapore stopgap Washington charging outside inside"""
)
LATIN = _words(
    """für über schön größe müde später natürlich straße öffnen käse gerät während können hätte
der die das und nicht mit auf ein eine von ist im sich garçon élève été où déjà très même après
français forêt hôtel français leçon les des une pour dans est sur avec año niño mañana corazón
teléfono también había según señor el los las una por con para está łódź żółty świat dziękuję
się jest nie że na już może więc tylko bardzo çok güzel şimdi değil için ama bir ve bu ne"""
)
CHINESE = _words(
    """我们 今天 昨天 已经 因为 所以 但是 非常 觉得 东西 朋友 公司
手机 电脑 上海 北京 深圳 天气 下雨 吃饭
喜欢 讨厌 快递 客服
退货 质量 价格 便宜 漂亮 颜色 周末 电影 音乐 学校 老师 孩子 妈妈 回家 上班 地铁
可以 没有 什么 怎么 这个 那个 一下 有点 真的 其实 如果 而且 或者 只是 还有 终于 突然 慢慢 马上"""
)
JAPANESE = _words(
    """今日は とても 天気が いいですね 新しい スマホを 買いました バッテリーが
すぐに なくなる
友達と カフェで コーヒーを 飲んだ 電車が 遅れて います 明日も 仕事 です ありがとう ございます"""
)
KOREAN = _words(
    """오늘은 날씨가 정말 좋네요 새로운
휴대폰을 샀어요 배터리가 너무 빨리 닳아요 친구와 카페에서
커피를 마셨다 지하철이 늦었다 내일도 출근 감사합니다 그런데 아직도 답장이 없어요"""
)
THAI = _words(
    """วันนี้ อากาศ ดีมาก ซื้อ โทรศัพท์ ใหม่ แบตเตอรี่ หมด เร็ว
เพื่อน กาแฟ รถไฟ พรุ่งนี้ ทำงาน น้ำ"""
)
ARABIC = _words(
    """اليوم الطقس جميل جدا اشتريت هاتفا جديدا البطارية تنفد بسرعة
مع صديقي القهوة غدا شكرا"""
)
RUSSIAN = _words(
    """сегодня очень хорошая погода купил новый телефон батарея быстро садится ещё друг кофе
поезд опоздал завтра работа спасибо почему всё"""
)
EMOJI = _words("😀 😂 🔥 👍🏽 ❤️ 🎉 😡 👩‍💻 🙏 🇩🇪")
LATIN_LETTERS = "abcdefghijklmnoprstuvwz"
ACCENTED = "éèüöäñçşłã"
HAN = "".join(map(chr, range(0x4E00, 0x5600)))
KANA = "".join(map(chr, range(0x30A2, 0x30F0)))
HANGUL = "".join(map(chr, range(0xAC00, 0xB000)))
CYRILLIC = "абвгдежзиклмнопрстуфхцчшыэюя"


def _word(rng: random.Random, letters: str, low: int, high: int) -> str:
    return "".join(rng.choice(letters) for _ in range(rng.randint(low, high)))


def _brands(rng: random.Random, count: int) -> list[str]:
    """Names as brands have them: most in Latin letters, some in every other script."""
    kinds: list[tuple[int, Callable[[], str]]] = [
        (60, lambda: _word(rng, LATIN_LETTERS, 5, 9)),
        (8, lambda: _word(rng, LATIN_LETTERS, 3, 5) + rng.choice(ACCENTED) + "o"),
        (20, lambda: _word(rng, HAN, 2, 4)),
        (5, lambda: _word(rng, KANA, 3, 5)),
        (4, lambda: _word(rng, HANGUL, 2, 4)),
        (3, lambda: _word(rng, CYRILLIC, 5, 8)),
    ]
    weights = [weight for weight, _ in kinds]
    found: dict[str, None] = {}
    while len(found) < count:
        found[rng.choices(kinds, weights)[0][1]()] = None
    return list(found)


TROUBLE = [
    *("broken", "refund", "support", "battery", "awful", "recall", "burn*", '"caught fire"'),
    *("客服", "退货", "质量", "батарея", "배터리", "バッテリー", "größe", "müde"),
]
SHAPES = (
    "{a} ({t} OR {u})", "({a} OR {b}) {t} -{v}", "({a} OR #{x}) NEAR/6 ({t} OR {u})", '"{a} {b}"~4',
    "{a} OR ({b} {t})", "{a} ({t} OR lang:de) -{v}", '({a} OR "{b} {a}") ({t} OR {u} OR {v})',
    "{a} (country:(de OR at) OR followers:>=1000)",
)  # fmt: skip


def make_queries(rng: random.Random, brands: Sequence[str]) -> dict[str, str]:
    """Boolean queries, each about two names and what may go wrong with them."""
    queries = {}
    for number in range(QUERIES):
        a, b = brands[number], rng.choice(brands)
        t, u, v = rng.sample(TROUBLE, 3)
        x = _word(rng, LATIN_LETTERS, 6, 10)
        queries[f"q{number}"] = rng.choice(SHAPES).format(a=a, b=b, t=t, u=u, v=v, x=x)
    return queries


def _text(rng: random.Random) -> str:
    """Around 200 characters of one language, some with an emoji, a tag or a link."""
    languages = [
        (ENGLISH, " ", 40), (LATIN, " ", 25), (CHINESE, "", 20), (JAPANESE, "", 5),
        (KOREAN, " ", 5), (THAI, "", 2), (ARABIC, " ", 1), (RUSSIAN, " ", 2),
    ]  # fmt: skip
    words, space, _ = rng.choices(languages, [weight for *_, weight in languages])[0]
    stops = ("，", "。", "！") if words in (CHINESE, JAPANESE) else (". ", ", ", "! ")
    out, size = [], 0
    while size < LENGTH:
        piece = rng.choice(words) + (rng.choice(stops) if rng.random() < 0.12 else space)
        out.append(piece)
        size += len(piece)
    if rng.random() < 0.2:
        out.insert(rng.randrange(len(out)), rng.choice(EMOJI) + space)
    if rng.random() < 0.1:
        out.append(" #NiceDay" if rng.random() < 0.5 else " https://example.com/a/b?c=1")
    return "".join(out)


def make_posts(rng: random.Random, brands: Sequence[str]) -> list[bytes]:
    """Posts as lines of JSON; one in sixty names a brand and a trouble, one in fifty a brand."""
    lines = []
    for number in range(POSTS):
        text = _text(rng)
        luck = rng.random()
        if luck < 0.037:
            text = f"{text[:90]} {rng.choice(brands)} {text[100:]}"
        if luck < 0.017:
            text = f"{text} {' '.join(rng.sample(['broken', 'refund', '客服', 'support'], 2))}"
        post = {
            "platform": "bench", "id": str(number), "time": "2026-03-01T12:00:00Z", "text": text,
            "lang": "en", "url": f"https://example.com/{number}",
            "author": {"id": f"u{number % 500}", "name": "someone", "followers": number % 3000},
        }  # fmt: skip
        lines.append(json.dumps(post, ensure_ascii=False).encode())
    return lines


def _seconds(work: Callable[[], int]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure() -> dict[str, float | str | int]:
    """Median posts a second of both, rounds interleaved."""
    rng = random.Random(SEED)  # noqa: S311  # seeded on purpose, nothing secret
    brands = _brands(rng, QUERIES)
    matcher = Matcher({name: parse(text) for name, text in make_queries(rng, brands).items()})
    lines = make_posts(rng, brands)
    decode = msgspec.json.Decoder(Post).decode
    scan = AhoCorasick(matcher.literals).find_matches_as_indexes

    def ours() -> int:
        match = matcher.match
        return sum(1 for line in lines if match(decode(line)))

    def baseline() -> int:
        normalize = unicodedata.normalize
        return sum(
            1
            for line in lines
            if scan(normalize("NFKC", decode(line).text).casefold(), overlapping=True)
        )

    hits = ours()
    baseline()
    gc.freeze()
    times = [(_seconds(ours), _seconds(baseline)) for _ in range(ROUNDS)]
    mine = POSTS / statistics.median(one for one, _ in times)
    theirs = POSTS / statistics.median(other for _, other in times)
    ratio = statistics.median(other / one for one, other in times)
    return {
        "bench": "match", "posts_per_s": round(mine), "baseline_posts_per_s": round(theirs),
        "ratio": round(ratio, 3), "hit_share": round(hits / POSTS, 4), "queries": QUERIES,
        "literals": len(matcher.literals),
    }  # fmt: skip


def main() -> None:
    """Print the line."""
    sys.stdout.write(json.dumps(measure()) + "\n")


if __name__ == "__main__":
    main()
