"""The error tree: messages that say what to do, and that survive the way between processes."""

import pickle

import pytest

from accord.core.errors import (
    AccordError,
    ConfigError,
    Fault,
    RetryLater,
    StopEntityType,
    StopFlow,
)

FAULT = Fault("accord.yaml", 7, "no system 'cmr'", "known: crm, erp")
ERRORS = (
    AccordError("crm is not there", remedy="Start it"),
    ConfigError([FAULT, FAULT]),
    RetryLater("crm asks for patience", after_s=2.5, remedy="Wait"),
    StopEntityType("crm.Person is not permitted", remedy="Grant it"),
    StopFlow("the store is locked"),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda e: e.code)
def test_errors_survive_pickling(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.args, again.__dict__) == (str(error), error.args, error.__dict__)


def test_every_error_has_a_code_of_its_own():
    assert len({type(error).code for error in ERRORS}) == len(ERRORS)


def test_a_message_ends_in_what_to_do():
    assert str(ERRORS[0]) == "crm is not there. Start it"
    assert str(ERRORS[-1]) == "the store is locked"


def test_a_configuration_error_lists_all_its_faults_with_their_places():
    line = "accord.yaml:7: no system 'cmr'. known: crm, erp"
    assert str(ERRORS[1]) == f"2 faults in the configuration:\n{line}\n{line}"
    assert ERRORS[1].faults == (FAULT, FAULT)
