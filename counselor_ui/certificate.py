"""The school's root certificate for tablets: a public page with the steps for each kind of device, and the file.

Also what the desk says about the network. Shows the public part only; where nothing is served by HTTPS there is no
such page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, make_response, render_template, request

from mailbox.errors import SettingsRefused
from mailbox.rules.qr import QrPicture, qr_picture
from mailbox.upkeep.tls.keeping import Folder, Kept, Trouble, look_up
from mailbox.web.current import office
from mailbox.web.language import say
from mailbox.web.network import Reach, address_for_tablets, address_of_root_page, reach
from mailbox.web.secure import is_this_pc

pages = Blueprint("certificate", __name__, url_prefix="/certificate", template_folder="templates")

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str
_FILE_TYPE = "application/x-x509-ca-cert"
_TROUBLES = {
    Trouble.AUTHORITY_ENDED: N_("根证书到期了，平板打不开信箱。请重做：flask tls init --again，再让每台平板重新信任。"),
    Trouble.AUTHORITY_ENDS: N_("根证书一年之内到期。请在假期里重做：flask tls init --again，再让每台平板重新信任。"),
    Trouble.ENDED: N_("证书到期了，平板打不开信箱。请在这台电脑上运行：flask tls renew"),
    Trouble.CLOCK: N_("这台电脑的时钟比证书还早，证书不能更新。请先校准时钟。"),
    Trouble.MOVED: N_("这台电脑的地址变了，平板找不到它。请在路由器里把地址固定成原来的。"),
}


@dataclass(frozen=True)
class Network:
    """What the desk shows of the network: ``reach``, and with HTTPS the certificates in words."""

    reach: str
    trouble: str = ""
    good_until: date | None = None
    places: str = ""
    fingerprint: str = ""
    root_page: str = ""
    qr: QrPicture | None = None


def network_now() -> Network:
    """Return what there is to say; certificates that cannot be read are a trouble, never an error."""
    if reach() is not Reach.HTTPS:
        return Network(reach())
    try:
        kept = _kept()
        page = address_of_root_page(office().settings)
    except SettingsRefused:
        return Network(reach(), say("证书读不出来。请在这台电脑上运行：flask tls status"))
    trouble = kept.trouble(office().clock())
    ends = kept.server.ends.astimezone(office().settings.zone).date()
    words = say(_TROUBLES[trouble]) if trouble else ""
    fingerprint = kept.authority.fingerprint
    return Network(reach(), words, ends, kept.places.in_words(), fingerprint, page, qr_picture(page))


@pages.get("")
def root_page() -> str:
    kept = _kept_or_nothing()
    # A tablet that stands here already needs no code to find the way.
    page = address_of_root_page(office().settings) if is_this_pc(request.remote_addr) else ""
    return render_template(
        "school/certificate.html",
        title=kept.authority.title,
        fingerprint=kept.authority.fingerprint,
        mailbox=address_for_tablets(office().settings),
        page=page,
        qr=qr_picture(page) if page else None,
    )


@pages.get("/school-root.crt")
def root_file() -> Response:
    response = make_response(_kept_or_nothing().authority.der)
    # Not as an attachment: iPad would lay it among its files and not ask to install it. Others download it anyway.
    response.headers["Content-Type"] = _FILE_TYPE
    return response


def _kept() -> Kept:
    return look_up(Folder.of(office().settings.data_dir))


def _kept_or_nothing() -> Kept:
    if reach() is not Reach.HTTPS:
        abort(404)
    try:
        return _kept()
    except SettingsRefused:
        abort(404)
