"""Seeded bugs in logins, their tokens, and what people are told: the laws of the service have to notice."""

from tests.mutants.mutant import Mutant

__all__ = ["SERVICE"]

_TOLD = "w9_whatever_happens_a_cause"

SERVICE: tuple[Mutant, ...] = (
    Mutant(
        "answer-taken-twice",
        "C5",
        "The answer of a login is taken as often as somebody sends it.",
        "connecting/logins.py",
        "            if login is None or login.ended or login.until_us < self._clock.now_us():\n",
        "            if login is None or login.until_us < self._clock.now_us():\n",
        laws="answer_is_taken_once",
    ),
    Mutant(
        "login-never-too-late",
        "C5",
        "The answer of a login is taken however long it took.",
        "connecting/logins.py",
        "            if login is None or login.ended or login.until_us < self._clock.now_us():\n",
        "            if login is None or login.ended:\n",
        laws="comes_too_late",
    ),
    Mutant(
        "login-kept-in-clear",
        "P2",
        "What a login has to remember is kept as it is.",
        "connecting/logins.py",
        "        await self._tokens.box.put(name, self._tokens.seal.seal(name, msgspec.json.encode(login)))\n",
        "        await self._tokens.box.put(name, msgspec.json.encode(login))\n",
        laws="p2_nothing_of_a_login",
    ),
    Mutant(
        "another-account-goes-on",
        "K6",
        "Who logs in anew while the hub is at work is not looked at.",
        "connectors/rest/oauth.py",
        "                self._is_another = True\n                self._another()\n",
        "                pass\n",
        laws="k6_who_logs_in",
    ),
    Mutant(
        "another-account-stays-out",
        "K6",
        "A system counts as known although somebody has logged in anew meanwhile: nothing looks at it again.",
        "runtime/steps/reading.py",
        "            with suppress(RetryLater, StopEntityType):\n                await is_known(hub, piece.system)\n",
        "            hub.known.add(piece.system)\n",
        laws="k6_who_logs_in",
    ),
    Mutant(
        "late-worker-keeps-tokens",
        "C5",
        "A worker that was stopped keeps the tokens it got before, over those of the one that took over.",
        "store/postgres/token_box.py",
        "    if fence is not None:\n",
        "    if False:\n",
        laws="c5_of_many_workers",
    ),
    Mutant(
        "told-again-after-a-restart",
        "W9",
        "What people were told is not kept.",
        "alerting/alerts.py",
        "        if changed or set(ledger.told) != before:\n",
        "        if set(ledger.told) != before and not news:\n",
        laws=_TOLD,
    ),
    Mutant(
        "end-not-told",
        "W9",
        "Nobody is told that something is over.",
        "alerting/ledger.py",
        "        news.over = {key: it.over for key, it in self.told.items() if key not in stand}\n",
        "        self.told = {key: it for key, it in self.told.items() if key in stand}\n",
        laws=_TOLD,
    ),
    Mutant(
        "as-many-messages-as-causes",
        "W9",
        "Messages are not counted.",
        "alerting/ledger.py",
        "        return len(self.sent_us) < per_hour\n",
        "        return True\n",
        laws=_TOLD,
    ),
    Mutant(
        "lost-where-nobody-hears",
        "W9",
        "What did not get there counts as told.",
        "alerting/alerts.py",
        "            if await self._send(hub.model.project, news):\n",
        "            if await self._send(hub.model.project, news) or True:\n",
        laws=_TOLD,
    ),
)
