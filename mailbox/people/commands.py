"""The command for a school whose pages cannot be reached: two people type their slips at the computer, unseen.

Prints no word of them and makes no new ones: these would stand on the technician's screen. Whoever comes back makes
them at the desk.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

import click

from mailbox.errors import InputRefused, MailboxError, SlipRefused
from mailbox.office import Office
from mailbox.people.recovery import Comeback, Newcomer, come_back, whose_slips
from mailbox.people.slips_typed import TypedSlips

_SLIP_WORDS = {
    "needs 24 words": "一张纸条正好 24 个字 / a slip has exactly 24 words",
    "a word is not right": "字都认得, 可是合不上 / the words are known but do not fit together",
    "the same slip twice": "这一张写过了 / this is the slip that was typed before",
    "the slips do not belong together": "两张不是一对 / the two are no pair",
    "spent": "这两张已经让一个人进来过了, 请在值班台做新的 / these two have let somebody in; make new ones at the desk",
    "void": "这两张已经作废 / these two are void",
    "another school": "不是这个信箱的 / not this mailbox's",
}


def recovery_command(open_office: Callable[[], Office]) -> click.Command:
    """Return ``flask recover``."""

    @click.command("recover")
    def recover() -> None:
        """Let one reader set a new passphrase, with both recovery slips, each typed by who keeps it."""
        office = open_office()
        try:
            typed = _both_slips()
            back = whose_slips(office, typed.pair)
            who = _chosen(back)
            passphrase = click.prompt("新口令 / new passphrase", hide_input=True, confirmation_prompt=True)
            done = come_back(office, typed.pair, who, passphrase, makes_slips=False)
        except SlipRefused as refused:
            _end(_SLIP_WORDS[refused.reason])
        except InputRefused as refused:
            _end(f"没有做成, 请再想一个口令 / not done, think of another passphrase: {refused.reason}")
        except MailboxError as refused:
            _end(f"没有做成 / not done: {type(refused).__name__}")
        click.echo(f"好了, 请用“{done.login_name}”登录, 马上做两张新纸条 / done: log in and make two new slips now")

    return recover


def _both_slips() -> TypedSlips:
    typed = TypedSlips()
    while typed.which:
        if typed.gaps:
            places = typed.gaps
            shown = ", ".join(map(str, places))
            click.echo(f"纸条上没有这些字, 请再写 / no slip has these words, type them again: {shown}")
            typed = typed.with_words({place: _hidden(f"{place}") for place in places})
        else:
            typed = typed.with_slip(_hidden(f"第 {typed.which} 张的 24 个字 / the 24 words of slip {typed.which}"))
    return typed


def _chosen(back: Comeback) -> str | Newcomer:
    for number, (_, name, login_name) in enumerate(back.readers, start=1):
        click.echo(f"{number}: {name} ({login_name})")
    click.echo("0: 他们都不在了, 是一位新来的老师 / none of them: a new teacher")
    number = click.prompt("谁回来 / who comes back", type=click.IntRange(0, len(back.readers)))
    if number:
        return back.readers[number - 1][0]
    return Newcomer(click.prompt("怎么称呼 / name"), click.prompt("登录名 / login name"))


def _hidden(words: str) -> str:
    return str(click.prompt(words, hide_input=True))


def _end(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
