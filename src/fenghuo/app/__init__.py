"""The only place that plugs adapters into rooms: configuration in, faces out."""

from fenghuo.app.archive import Archives, Taken
from fenghuo.app.doctor import look
from fenghuo.app.doctor_finding import Finding
from fenghuo.app.ground import address, lay_ground
from fenghuo.app.models import explains, understands
from fenghuo.app.offline import explain_query, new_replay, read_lists, read_posts
from fenghuo.app.parts import (
    Ready,
    new_app,
    prepare_demo,
    prepare_to_serve,
    run_engine,
    run_readers,
    supervise,
)
from fenghuo.app.preview import Sampled
from fenghuo.app.product import App
from fenghuo.listen import (
    AGAIN,
    MOST_ENTRIES,
    NAME_LONGEST,
    Receipt,
    Wish,
    cautions_of,
    check_watch,
    watch_faults,
)
from fenghuo.listen import DAYS as SAMPLE_DAYS
from fenghuo.listen import LONGEST as LONGEST_MONTHS
from fenghuo.warn import SOURCES

__all__ = [
    "AGAIN",
    "LONGEST_MONTHS",
    "MOST_ENTRIES",
    "NAME_LONGEST",
    "SAMPLE_DAYS",
    "SOURCES",
    "App",
    "Archives",
    "Finding",
    "Ready",
    "Receipt",
    "Sampled",
    "Taken",
    "Wish",
    "address",
    "cautions_of",
    "check_watch",
    "explain_query",
    "explains",
    "lay_ground",
    "look",
    "new_app",
    "new_replay",
    "prepare_demo",
    "prepare_to_serve",
    "read_lists",
    "read_posts",
    "run_engine",
    "run_readers",
    "supervise",
    "understands",
    "watch_faults",
]
