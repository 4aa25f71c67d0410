"""Alerts get to people: by mail to a real SMTP server, and to a webhook over HTTP."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from accord.alerting import Senders, missing
from accord.core.errors import ConfigError

SECRET = "a-password-that-nobody-sees"


class Mailbox:
    """Takes mail from who knows the password."""

    def __init__(self) -> None:
        self.came: list[tuple[str, str, str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        text = mail.get_body(("plain",))
        assert text is not None
        self.came.append((envelope.rcpt_tos[0], str(mail["subject"]), text.get_content()))
        return "250 OK"

    def known(self, *args: Any) -> AuthResult:
        told = args[-1]
        good = isinstance(told, LoginPassword) and told.password == SECRET.encode()
        return AuthResult(success=good)


@asynccontextmanager
async def mail_server(box: Mailbox) -> AsyncIterator[int]:
    def served() -> SMTP:
        return SMTP(
            box, hostname="localhost", auth_require_tls=False, authenticator=box.known, auth_required=True
        )

    server = await asyncio.get_running_loop().create_server(served, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def webhook(came: list[dict[str, Any]]) -> AsyncIterator[int]:
    async def heard(request: web.BaseRequest) -> web.Response:
        good = SECRET in request.path
        if good:
            came.append(await request.json())
        return web.Response(status=200 if good else 403)

    runner = web.ServerRunner(web.Server(heard, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_a_mail_and_a_webhook_say_what_is_new_and_no_log_says_where_to(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.DEBUG)
    box, came = Mailbox(), []

    async def send() -> list[bool]:
        async with mail_server(box) as smtp, webhook(came) as http:
            urls = {
                "env:MAIL": f"mailto://hub:{SECRET}@127.0.0.1:{smtp}?smtp=127.0.0.1&from=hub@shop.example"
                "&to=ops@shop.example&mode=insecure",
                "env:HOOK": f"json://127.0.0.1:{http}/{SECRET}",
                "env:WRONG": f"json://127.0.0.1:{http}/another",
            }
            text = "- 1 review of person waits for a decision: accord review"
            senders = Senders(list(urls), urls.__getitem__)()
            return [
                await each.send("Accord shop: 1 thing needs somebody", text, over=False) for each in senders
            ]

    sent = asyncio.run(send())
    assert sent == [True, True, False]
    ((to, subject, text),) = box.came
    assert (to, subject) == ("ops@shop.example", "Accord shop: 1 thing needs somebody")
    assert "accord review" in text
    (told,) = came
    assert (told["title"], told["type"]) == ("Accord shop: 1 thing needs somebody", "warning")
    assert "accord review" in told["message"]
    out, err = capfd.readouterr()
    told_by_us = "".join(each.getMessage() for each in caplog.records if each.name != "mail.log")
    assert SECRET not in told_by_us + out + err


def test_ways_that_are_none_are_told_all_at_once_and_are_not_repeated():
    urls = {"env:A": f"{SECRET}", "env:B": f"nothing://{SECRET}"}
    with pytest.raises(ConfigError) as stopped:
        Senders(list(urls), urls.__getitem__)()
    assert [fault.what for fault in stopped.value.faults] == [
        "env:A: Apprise knows no such URL",
        "env:B: Apprise knows no such URL",
    ]
    assert SECRET not in str(stopped.value)
    assert len(missing(Senders(list(urls), urls.__getitem__))) == 2
    assert missing(Senders([], urls.__getitem__)) == []
