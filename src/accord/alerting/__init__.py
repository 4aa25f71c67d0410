"""Tells people, by mail, chat or webhook, when something waits for them or does not work: once, and when it is over."""

from accord.alerting.alerts import Alerts
from accord.alerting.ledger import Ledger, Told, load_ledger
from accord.alerting.senders import Sender, Senders, missing

__all__ = ["Alerts", "Ledger", "Sender", "Senders", "Told", "load_ledger", "missing"]
