"""Seeded bugs in what systems tell by webhooks, and in asking them to (S9, C1)."""

from tests.mutants.mutant import Mutant

__all__ = ["TELLING"]

SIGNATURE = "connectorkit/hook_signature.py"
HOOKS = "connectorkit/hooks.py"
SUBSCRIPTIONS = "serving/subscriptions.py"

TELLING = (
    Mutant(
        "unsigned-webhook-taken",
        "S9",
        "A webhook without any signature is taken.",
        SIGNATURE,
        'return "" if any(fits) else "the signature',
        'return "" if any(fits) or not sent else "the signature',
        laws="every_altered_byte",
    ),
    Mutant(
        "webhook-of-the-future",
        "S9",
        "A webhook that says that it was sent tomorrow can be sent again until then.",
        SIGNATURE,
        "abs(now_us - sent_us) >",
        "now_us - sent_us >",
        laws="sent_long_ago",
    ),
    Mutant(
        "replays-forgotten-too-soon",
        "S9",
        "An event is forgotten while a replay of it would still be taken.",
        HOOKS,
        "round(2 * window_s * 1e6)",
        "round(window_s * 1e6 / 4)",
        laws="a_replay_is_dropped",
    ),
    Mutant(
        "anybody-names-records",
        "S9, W11",
        "Where nobody checks who sends webhooks, whoever does makes us ask for any record, one call each.",
        HOOKS,
        "            told = []  # anybody",
        "            pass  # anybody",
        laws="names_no_record",
    ),
    Mutant(
        "subscription-left-behind",
        "S9",
        "A subscription under an earlier address or secret stays.",
        SUBSCRIPTIONS,
        "[each for each in there if not any(is_same(each.url, url) for url in wanted)]",
        "[each for each in there if not wanted]",
        laws="no_orphan",
    ),
    Mutant(
        "subscription-there-twice",
        "S9, C1",
        "A subscription that a crash has left there twice stays there twice.",
        SUBSCRIPTIONS,
        "            surplus += same[1:]\n",
        "            surplus += same[2:]\n",
        laws="no_orphan",
    ),
    Mutant(
        "subscription-of-others-removed",
        "S9",
        "Subscriptions that other programs made are removed.",
        SUBSCRIPTIONS,
        "if any(is_below(it.url, base) for base in self._given[system])]",
        "if self._given[system]]",
        laws="no_orphan",
    ),
    Mutant(
        "subscription-ends",
        "S9",
        "A subscription whose end the system does not tell is never renewed.",
        SUBSCRIPTIONS,
        "            return True\n        return there.until_us",
        "            return False\n        return there.until_us",
        laws="no_orphan",
    ),
)
