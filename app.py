"""The roof: settings to one Flask app and its commands. Composition only; no rule and no act lives here."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import click
from flask import Blueprint, Flask

from counselor_ui import (
    account,
    alarms,
    appointments,
    arrival,
    beginnings,
    blank_slips,
    calendar,
    care,
    certificate,
    crisis_plan,
    decisions,
    devices,
    documents,
    door,
    duty,
    enclosures,
    hard_words,
    help_page,
    learning,
    letters,
    notices,
    opening,
    opening_customs,
    paper,
    paper_notes,
    people,
    proposals,
    recovery,
    siren,
    summary,
    talks,
    upkeep,
)
from counselor_ui import audit as acts
from counselor_ui.papers.mail import newest_summary
from counselor_ui.upkeep_words import upkeep_in_words
from mailbox.alarms.escalation import call_due
from mailbox.alarms.reminders import remind_of_overdue
from mailbox.alarms.worker import deliver_due
from mailbox.care.commands import case_commands
from mailbox.config import Settings, load_settings, settings_file
from mailbox.errors import KioskClosed, MailboxError, NotFound, SettingsRefused, UpkeepRefused
from mailbox.kiosk import views as kiosk
from mailbox.letters.picture_words import PICTURES
from mailbox.office import Office
from mailbox.openings.mailing import send_due_mails
from mailbox.openings.opening import open_box_of, open_what_is_due
from mailbox.openings.week_reports import freeze_ended_weeks
from mailbox.people.audit import has_head, head_of, verify
from mailbox.people.commands import recovery_command
from mailbox.people.login import remove_idle_sessions
from mailbox.people.setup import no_school_yet
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.selfcheck import check_cryptography
from mailbox.store.database import Database
from mailbox.store.migrations import migrate, require_newest
from mailbox.store.people import all_schools
from mailbox.upkeep.commands import tell_upgrade, upkeep_commands
from mailbox.upkeep.daily import daily_upkeep, start_daily_upkeep
from mailbox.upkeep.heartbeat import beat
from mailbox.upkeep.retention import remove_old_cases, remove_old_reply_copies, remove_old_talks
from mailbox.upkeep.tls.commands import tls_commands
from mailbox.upkeep.tls.keeping import Folder, Keeper
from mailbox.upkeep.upgrade import bring_forward, require_no_school
from mailbox.web import current, event_log, headers, language, network, packed, problems, serving
from mailbox.web.bodies import MAX_FORM_BYTES, InMemoryRequest
from mailbox.web.throttle import Throttle
from triage.assessor import Assessor
from triage.commands import triage as triage_commands
from triage.lexicon import LexiconBroken
from triage.protocol import ModelMissing

ROOT = Path(__file__).resolve().parent
CATALOGUES = (ROOT / "mailbox" / "kiosk" / "translations", ROOT / "counselor_ui" / "translations")
WORKER_PAUSE_SECONDS = 5


def create_app(office: Office | None = None) -> Flask:
    """Return the app that ``flask`` finds by itself: commands always, and with an ``office`` the children's pages."""
    app = Flask(__name__, static_folder=None)
    if office is not None:
        serve_pages(app, office)
    app.cli.add_command(triage_commands)
    app.cli.add_command(case_commands)
    app.cli.add_command(recovery_command(open_office))
    for command in (init, serve, demo, open_box, worker, audit):
        app.cli.add_command(command)
    toml = partial(settings_file, os.environ, ROOT)
    app.cli.add_command(tls_commands(settings_or_exit, said_plainly, toml))
    for command in upkeep_commands(settings_or_exit, said_plainly, toml, partial(in_both_languages, upkeep_in_words)):
        app.cli.add_command(command)
    return app


def serve_pages(app: Flask, office: Office) -> None:
    """Hang the pages into ``app``; bodies are limited and never spooled to disk."""
    current.install(app, office, Throttle())
    network.install(app, office.settings)
    language.install(app, CATALOGUES)
    app.request_class = InMemoryRequest
    app.config.update(MAX_CONTENT_LENGTH=MAX_FORM_BYTES, MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES)
    headers.install(app)
    packed.install(app)
    problems.install(app)
    app.register_blueprint(Blueprint("web", "mailbox.web", static_folder="static", static_url_path="/static"))
    arrival.install(app)
    openings = (opening, opening_customs)
    of_the_school = (people, help_page, devices, certificate, calendar, summary, paper, learning, acts, arrival, siren)
    of_alarms = (alarms, duty)
    of_letters = (letters, appointments, paper_notes, beginnings, enclosures)
    for module in (
        kiosk,
        door,
        account,
        notices,
        recovery,
        proposals,
        *of_letters,
        *of_alarms,
        blank_slips,
        care,
        decisions,
        talks,
        upkeep,
        crisis_plan,
        hard_words,
        documents,
        *openings,
        *of_the_school,
    ):
        app.register_blueprint(module.pages)
    app.register_error_handler(KioskClosed, kiosk.closed_page)
    app.register_error_handler(NotFound, kiosk.unknown_device)


@contextmanager
def said_plainly() -> Iterator[None]:
    """End the program with one sentence that says what to mend, when the start is refused."""
    try:
        yield
    except SettingsRefused as refused:
        click.echo(f"不能启动 / cannot start: {refused}", err=True)
        sys.exit(2)
    except LexiconBroken as broken:
        click.echo(f"不能启动 / cannot start: triage/lexicon: {broken}; restore it from the release", err=True)
        sys.exit(2)
    except ModelMissing as missing:
        click.echo(f"不能启动 / cannot start: model_dir: {missing}; restore the folder from the release", err=True)
        sys.exit(2)
    except UpkeepRefused as refused:
        click.echo(f"没有做成 / not done: {in_both_languages(upkeep_in_words, refused)}", err=True)
        sys.exit(2)


@cache
def _speaking() -> Flask:
    app = Flask(__name__, static_folder=None)
    language.install(app, CATALOGUES)
    return app


def in_both_languages(in_words: Callable[[Any], str], what: object) -> str:
    """Return a sentence of the pages as the console says it: Chinese / English."""
    spoken = []
    for wish in ("zh", "en"):
        with _speaking().test_request_context(headers={"Accept-Language": wish}):
            spoken.append(in_words(what))
    return " / ".join(dict.fromkeys(spoken))


def settings_or_exit() -> Settings:
    """Return the settings; a wrong one ends the program with the sentence that says what to mend."""
    with said_plainly():
        return load_settings(os.environ, ROOT)


def open_office() -> Office:
    """Return the office of this installation, ready to work; refuses to start on anything missing or altered."""
    settings = settings_or_exit()
    with said_plainly():
        check_cryptography()
        keys = KeyFile.load(settings.key_file)
        require_newest(settings.database_url)
        assess = Assessor.load(settings.model_dir).assess
    return Office(settings, Database(settings.database_url), keys, assess)


@contextmanager
def making(setting: str, place: Path) -> Iterator[None]:
    """Raise SettingsRefused naming ``setting`` when the system does not let us make what belongs at ``place``."""
    try:
        yield
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
        mend = f"{place} cannot be made ({reason}); name a place where this account may write"
        raise SettingsRefused(setting, mend) from None


@click.command()
def init() -> None:
    """Make the data folder, the key file (once) and the newest database."""
    settings = settings_or_exit()
    with said_plainly():
        with making("data_dir", settings.data_dir):
            settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with making("key_file", settings.key_file):
            if not settings.key_file.exists():
                require_no_school(settings)
                KeyFile.create(settings.key_file)
        tell_upgrade(bring_forward(settings))
    click.echo(f"准备好了 / ready: {settings.data_dir}")


@click.command()
def serve() -> None:
    """Serve the pages, with the alarm worker inside unless settings say otherwise."""
    serve_office(open_office())


def serve_office(office: Office) -> None:
    """Serve until stopped."""

    def start_alarm_worker() -> None:
        if office.settings.run_alarm_worker:
            threading.Thread(target=work_forever, args=(office,), name="alarm-worker", daemon=True).start()

    with said_plainly():
        app = create_app(office)
        network.require_free(office.settings)
        certificate_keeper(office).look()
        lines = network.addresses_in_words(office.settings)
        address = network.address_here(office.settings)
    for line in lines:
        click.echo(line)
    if no_school_yet(office):
        click.echo(f"请打开这个链接建立信箱 / open this link to set it up: {address}{arrival.setup_path(app)}")
    # What was opened until here must not be shared by the forked workers; each opens connections of its own.
    office.database.close()
    with said_plainly():
        serving.serve(app, office.settings, start_alarm_worker)


def certificate_keeper(office: Office) -> Keeper:
    return Keeper(Folder.of(office.settings.data_dir), office.clock)


@click.command()
def demo() -> None:
    """Make an invented school anew and serve it: letters in every state, a passphrase that everybody knows."""
    # Only the demonstration needs its story.
    from mailbox.upkeep.demo import PASSPHRASE as DEMO_PASSPHRASE
    from mailbox.upkeep.demo import clear_folder, make_school

    settings = settings_or_exit()
    with said_plainly():
        with making("data_dir", settings.data_dir):
            clear_folder(settings.data_dir)
        with making("key_file", settings.key_file):
            KeyFile.create(settings.key_file)
        migrate(settings.database_url)
    office = open_office()
    shown = make_school(office)
    address = f"http://{settings.listen_host}:{settings.listen_port}"
    words = " ".join(PICTURES[picture].word for picture in shown.answered.code.pictures)
    for line in (
        f"老师的值班台 / the counselors' desk:   {address}/desk/login",
        f"  登录名 / login: {', '.join(shown.counselors)}; 负责人 / lead: {shown.lead}; 校长 / head: {shown.head};",
        f"  技术老师 / technician: {shown.technician}",
        f"  口令 / passphrase: {DEMO_PASSPHRASE}",
        f"孩子的平板 / a child's tablet:         {address}/enroll/{shown.kiosk_token}",
        f"  (请用另一个浏览器 / use another browser; 看回信 / to read a reply: {words})",
        f"警报页 / the siren page:               {address}/siren/enroll/{shown.siren_token}",
    ):
        click.echo(line)
    serve_office(office)


@click.command("open")
def open_box() -> None:
    """Open the box by hand, now: held replies become readable."""
    office = open_office()
    with office.database.view() as view:
        schools = [school.id for school in all_schools(view.session)]
    for school_id in schools:
        open_box_of(office, school_id, office.local_now().date(), by_hand=True)
    click.echo(f"已开箱 / opened: {len(schools)}")


@click.command()
@click.option("--once", is_flag=True, help="Look once and end.")
def worker(once: bool) -> None:
    """Deliver alarms and open the box when it is due, until stopped."""
    event_log.install()
    office = open_office()
    if once:
        look_once(office)
        daily_upkeep(office)
    else:
        work_forever(office)


def look_once(office: Office) -> None:
    """Deliver what is due, open what is due, remove what has had its time."""
    beat(office)
    # What is on its way goes first, whatever may be wrong with whom to call next.
    deliver_due(office)
    if call_due(office) + remind_of_overdue(office):
        deliver_due(office)
    open_what_is_due(office)
    freeze_ended_weeks(office)
    send_due_mails(office, newest_summary)
    remove_old_reply_copies(office)
    remove_old_cases(office)
    remove_old_talks(office)
    remove_idle_sessions(office)


def work_forever(office: Office) -> None:
    """Look every few seconds. An error is named and tried again: a worker that ends leaves alarms unsent."""
    keeper = certificate_keeper(office)
    start_daily_upkeep(office)
    while True:
        try:
            keeper.look()
            look_once(office)
        except Exception as failed:
            click.echo(f"worker: {type(failed).__name__}", err=True)
        time.sleep(WORKER_PAUSE_SECONDS)


@click.group()
def audit() -> None:
    """The chain of who did what."""


@audit.command("verify")
@click.option("--head", "noted", multiple=True, help="A head that was noted, for instance 3f9a-12bc-07de on a paper.")
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
