"""Read by Python itself where this folder is on PYTHONPATH: the clock of that process is off by so many seconds."""

import os
import time

if _off_s := int(os.environ.get("CLOCK_OFF_S", "0")):
    _time, _time_ns = time.time, time.time_ns
    time.time = lambda: _time() + _off_s
    time.time_ns = lambda: _time_ns() + _off_s * 1_000_000_000
