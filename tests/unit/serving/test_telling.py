"""What the service says of a run."""

import io

from accord.runtime.guards import Alarm
from accord.runtime.runs.sync import Synced
from accord.runtime.steps.cycle import Cycle
from accord.serving.telling import Tell, begin_logs, end_logs


def test_g1_what_a_guard_stopped_is_told_with_the_whole_command_that_approves_it() -> None:
    alarm = Alarm(mapping="erp.Contact", what="change", name="lastName", count=271, of=600)
    out = io.StringIO()
    handler = begin_logs("text", out, verbose=False)
    try:
        Tell().run(Synced(run=4, ended="waits", cycles=[Cycle(alarms=[alarm])]), new=True, seconds=0.1)
    finally:
        end_logs(handler)
    assert f"accord sync --approve '{alarm.key}=271'" in out.getvalue()
