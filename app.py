"""The roof: settings to one Flask app and its commands. Composition only; no rule and no act lives here."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import click
from flask import Blueprint, Flask

from counselor_ui.upkeep_words import upkeep_in_words
from mailbox.care.commands import case_commands
from mailbox.config import Settings, load_settings, making, settings_file
from mailbox.errors import KioskClosed, NotFound, NotKept, SettingsRefused, UpkeepRefused
from mailbox.letters.picture_words import PICTURES
from mailbox.office import Office
from mailbox.openings.opening import open_box_of
from mailbox.people.audit_commands import audit_commands
from mailbox.people.commands import recovery_command
from mailbox.people.login import end_sessions_at_the_stop
from mailbox.people.setup import no_school_yet
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.selfcheck import check_cryptography
from mailbox.store.database import Database
from mailbox.store.migrations import migrate, require_newest
from mailbox.store.people import all_schools
from mailbox.upkeep import work
from mailbox.upkeep.commands import tell_upgrade, upkeep_commands
from mailbox.upkeep.daily import daily_upkeep
from mailbox.upkeep.key_commands import key_commands
from mailbox.upkeep.own_process import keep_memory_out_of_swap, keep_memory_private, share_one_heap
from mailbox.upkeep.private_places import require_private
from mailbox.upkeep.retention_commands import retention_commands
from mailbox.upkeep.tls.commands import tls_commands
from mailbox.upkeep.tls.keeping import Folder, Keeper
from mailbox.upkeep.unfinished import require_finished
from mailbox.upkeep.upgrade import bring_forward, require_no_school
from mailbox.web import current, elsewhere, event_log, headers, language, network, packed, problems, serving
from mailbox.web.bodies import MAX_FORM_BYTES, InMemoryRequest
from mailbox.web.throttle import Throttle
from triage.assessor import Assessor
from triage.commands import triage as triage_commands
from triage.lexicon import LexiconBroken
from triage.protocol import ModelMissing

ROOT = Path(__file__).resolve().parent
CATALOGUES = (ROOT / "mailbox" / "kiosk" / "translations", ROOT / "counselor_ui" / "translations")


def create_app(office: Office | None = None) -> Flask:
    """Return the app that ``flask`` finds by itself: commands always, and with an ``office`` the children's pages."""
    app = Flask(__name__, static_folder=None)
    if office is not None:
        serve_pages(app, office)
    app.cli.add_command(triage_commands)
    app.cli.add_command(case_commands)
    app.cli.add_command(recovery_command(open_office))
    app.cli.add_command(audit_commands(open_office))
    app.cli.add_command(retention_commands(open_office))
    for command in (init, serve, demo, open_box, worker):
        app.cli.add_command(command)
    toml = partial(settings_file, os.environ, ROOT)
    app.cli.add_command(tls_commands(settings_or_exit, said_plainly, toml))
    app.cli.add_command(key_commands(settings_or_exit, said_plainly))
    for command in upkeep_commands(settings_or_exit, said_plainly, toml, upkeep_spoken):
        app.cli.add_command(command)
    return app


def serve_pages(app: Flask, office: Office) -> None:
    """Hang the pages into ``app``; bodies are limited and never spooled to disk."""
    # Most of what the program reads at its start belongs to pages (拼音, papers): most commands do without.
    from counselor_ui import arrival
    from counselor_ui.every_page import DESK
    from mailbox.kiosk import views as kiosk

    current.install(app, office, Throttle())
    elsewhere.install(app, office.settings)
    network.install(app, office.settings)
    language.install(app, CATALOGUES)
    app.request_class = InMemoryRequest
    app.config.update(MAX_CONTENT_LENGTH=MAX_FORM_BYTES, MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES)
    headers.install(app)
    packed.install(app)
    problems.install(app)
    app.register_blueprint(Blueprint("web", "mailbox.web", static_folder="static", static_url_path="/static"))
    arrival.install(app)
    for pages in (kiosk.pages, *DESK):
        app.register_blueprint(pages)
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
        click.echo(f"没有做成 / not done: {upkeep_spoken(refused)}", err=True)
        sys.exit(2)


def upkeep_spoken(what: object) -> str:
    """Return what a command of upkeep has to say, as the console says it."""
    return language.in_both_languages(CATALOGUES, upkeep_in_words, what)


def settings_or_exit() -> Settings:
    """Return the settings; a wrong one ends the program with the sentence that says what to mend."""
    with said_plainly():
        settings = load_settings(os.environ, ROOT)
    if settings.memory_private:
        # Before any key is read or a slip is typed.
        keep_memory_private()
        keep_memory_out_of_swap()
    return settings


def open_office() -> Office:
    """Return the office of this installation, ready to work; refuses to start on anything missing or altered."""
    settings = settings_or_exit()
    share_one_heap()
    with said_plainly():
        check_cryptography()
        require_private(settings, settings_file(os.environ, ROOT))
        require_finished(settings)
        keys = KeyFile.load(settings.key_file)
        require_newest(settings.database_url)
        assess = Assessor.load(settings.model_dir).assess
    return Office(settings, Database(settings.database_url), keys, assess)


@click.command()
def init() -> None:
    """Make the data folder, the key file (once) and the newest database."""
    settings = settings_or_exit()
    with said_plainly():
        with making("data_dir", settings.data_dir):
            settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_finished(settings)
        with making("key_file", settings.key_file):
            if not settings.key_file.exists():
                require_no_school(settings)
                KeyFile.create(settings.key_file)
        require_private(settings, settings_file(os.environ, ROOT))
        tell_upgrade(bring_forward(settings))
    click.echo(f"准备好了 / ready: {settings.data_dir}")


@click.command()
def serve() -> None:
    """Serve the pages, with the alarm worker inside unless settings say otherwise."""
    serve_office(open_office())


def serve_office(office: Office) -> None:
    """Serve until stopped."""
    # What the alarm thread needs is read before the server forks, and a file that is missing stops the start.
    import counselor_ui.papers.mail  # noqa: F401
    from counselor_ui import arrival

    def begin_in_this_process() -> None:
        if office.settings.memory_private:
            keep_memory_out_of_swap()
        if office.settings.run_alarm_worker:
            threading.Thread(target=work_forever, args=(office,), name="alarm-worker", daemon=True).start()

    def end_of_this_program() -> None:
        # With the database away, what is left ends with its time at the next start.
        with suppress(NotKept):
            end_sessions_at_the_stop(office)

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
        serving.serve(app, office.settings, begin_in_this_process, end_of_this_program)


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
    office = open_office()
    event_log.install(office.settings)
    if once:
        look_once(office)
        daily_upkeep(office)
    else:
        work_forever(office)


def look_once(office: Office) -> None:
    """Do one round of the worker; the desk writes the mails."""
    from counselor_ui.papers.mail import newest_summary

    work.look_once(office, newest_summary)


def work_forever(office: Office) -> None:
    """Do the worker's rounds until stopped."""
    from counselor_ui.papers.mail import newest_summary

    work.work_forever(office, certificate_keeper(office), newest_summary)
