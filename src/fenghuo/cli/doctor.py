"""`fenghuo doctor`: what works, what does not, and how to mend it."""

import os
import sys
from collections.abc import Iterable

import click
import msgspec

from fenghuo.app import Finding, look
from fenghuo.cli import language
from fenghuo.config import load
from fenghuo.i18n import LANGUAGES, Language, say

MARKS = {"ok": "green", "warning": "yellow", "broken": "red"}


@click.command()
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the sentences.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def doctor(lang: Language | None, as_json: bool) -> None:
    """Look at the installation, database, disk, clock, links, sources and channels.

    Changes nothing and shows no secret. Each line says ok, warning or broken, what that means and
    how to mend it. Ends with 0 when nothing is broken, else with 1.

    \b
    fenghuo doctor
    fenghuo doctor --lang zh-CN
    fenghuo doctor --json
    """
    found = look(load(os.environ))
    states = _as_json(found) if as_json else _in_words(found, lang or language())
    sys.exit(1 if "broken" in states else 0)


def _in_words(found: Iterable[Finding], speaks: Language) -> list[str]:
    states: list[str] = []
    for finding in found:
        states.append(finding.state)
        state = say(f"doctor.state_{finding.state}", speaks)
        mark = click.style(f"[{state}]", fg=MARKS[finding.state])
        click.echo(f"{mark} {say(f'doctor.check_{finding.check}', speaks)}: {finding.text(speaks)}")
        mend = finding.mend(speaks)
        if mend:
            click.echo(f"    {say('doctor.to_mend', speaks, what=mend)}")
    broken, warnings = states.count("broken"), states.count("warning")
    if broken:
        click.echo(say("doctor.something_broken", speaks, broken=broken))
    elif warnings:
        click.echo(say("doctor.some_warnings", speaks, warnings=warnings))
    else:
        click.echo(say("doctor.all_well", speaks))
    return states


def _as_json(found: Iterable[Finding]) -> list[str]:
    findings = list(found)
    states = [finding.state for finding in findings]
    worst = next((state for state in ("broken", "warning") if state in states), "ok")
    answer = {"state": worst, "findings": [_plain(finding) for finding in findings]}
    click.echo(msgspec.json.encode(answer).decode())
    return [str(state) for state in states]


def _plain(finding: Finding) -> dict[str, object]:
    texts = {language: finding.text(language) for language in LANGUAGES}
    mends = {language: finding.mend(language) for language in LANGUAGES}
    return {
        "check": finding.check,
        "state": finding.state,
        "finding": finding.key.partition(".")[2],
        "text": texts,
        "mend": mends if all(mends.values()) else None,
    }
