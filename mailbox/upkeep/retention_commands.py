"""``flask retention report``, ``next`` and ``now``: what went, what would go and when, and letting go what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from mailbox.office import Office
from mailbox.store.people import all_schools
from mailbox.upkeep.gone import COUNTED, gone_days
from mailbox.upkeep.old_letters import remove_old_letters
from mailbox.upkeep.retention_report import NEXT_DAYS, REPORT_DAYS, going_next, keeping_of

_DAYS = click.IntRange(0, 36_500)
_WORDS = {
    "conversations": "往来 / conversations",
    "letters": "信 / letters",
    "parts": "画和录音 / drawings and voices",
    "answers": "回信 / answers",
    "child_copies": "孩子那份回信 / children's copies",
    "cases": "个案 / cases",
    "talks": "谈心记录 / talks",
}


def retention_commands(open_office: Callable[[], Office]) -> click.Group:
    """Return the commands; each looks at every school of the installation."""

    @click.group("retention")
    def retention() -> None:
        """What is kept how long, what went, and what goes next."""

    @retention.command("report")
    @click.option("--days", type=_DAYS, default=REPORT_DAYS, show_default=True, help="How many days back.")
    def report(days: int) -> None:
        """Say what went, in numbers and weeks."""
        office = open_office()
        keeping = keeping_of(office)
        click.echo(f"信留到最后一封以后 / letters are kept after their last one: {keeping.letters} 天 / days")
        click.echo(f"连备份里也没有了 / in no daily backup either after: {keeping.gone_for_good} 天 / days")
        with _schools(office) as schools:
            for school_id, name in schools:
                click.echo(name)
                for line in gone_days(office, school_id, days):
                    counted = [f"{_WORDS[word]} {line.all_numbers[word]}" for word in COUNTED if line.all_numbers[word]]
                    weeks = [f"周钥匙 / week keys: {', '.join(map(str, line.weeks))}"] if line.weeks else []
                    click.echo(f"  {line.gone_on}: {'; '.join([*counted, *weeks])}")

    @retention.command("next")
    @click.option("--days", type=_DAYS, default=NEXT_DAYS, show_default=True, help="How many days ahead.")
    def ahead(days: int) -> None:
        """Say what would go and when; changes nothing."""
        office = open_office()
        with _schools(office) as schools:
            for school_id, name in schools:
                click.echo(name)
                for line in going_next(office, school_id, days):
                    numbers = f"往来 / conversations {line.conversations}, 没有回过 / unanswered {line.waiting}"
                    click.echo(f"  {line.day}: {numbers}, 没有人打开过 / unopened {line.unread}")

    @retention.command("now")
    def now() -> None:
        """Let go what is due, as the worker does every day."""
        click.echo(f"删除的往来 / conversations removed: {remove_old_letters(open_office())}")

    return retention


@contextmanager
def _schools(office: Office) -> Iterator[list[tuple[str, str]]]:
    with office.database.view() as view:
        found = [(school.id, school.name) for school in all_schools(view.session)]
    yield found
    office.database.close()
