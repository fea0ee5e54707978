"""The command that walks the audit chain. It changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from mailbox.errors import MailboxError
from mailbox.office import Office
from mailbox.people.audit import has_head, head_of, verify
from mailbox.store.people import all_schools


def audit_commands(open_office: Callable[[], Office]) -> click.Group:
    """Return ``flask audit``."""

    @click.group()
    def audit() -> None:
        """The chain of who did what."""

    @audit.command("verify")
    @click.option("--head", "noted", multiple=True, help="A head that was noted, for instance 3f9a-12bc-07de.")
    def audit_verify(noted: tuple[str, ...]) -> None:
        """Walk the chain of every school; end with an error at the first row that is not ours, or if a head is gone.

        A chain whose newest rows were cut off looks whole; the head in the small print of a weekly paper tells.
        """
        office = open_office()
        missing = set(noted)
        with office.database.view() as view:
            for school in all_schools(view.session):
                try:
                    length = verify(office, view.session, school.id)
                except MailboxError as broken:
                    click.echo(f"审计链断了 / the audit chain is broken: {broken}", err=True)
                    sys.exit(1)
                missing -= {head for head in missing if has_head(view.session, school.id, head)}
                click.echo(f"{school.name}: {length}, {head_of(view.session, school.id)}")
        if missing:
            click.echo(f"审计链缺了一段 / a part of the audit chain is missing: {', '.join(sorted(missing))}", err=True)
            sys.exit(1)

    return audit
