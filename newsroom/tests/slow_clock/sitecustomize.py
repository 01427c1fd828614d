"""Has the clock of a process be one second behind: Python reads this file when it stands on PYTHONPATH."""

import datetime as dt

import time_machine

time_machine.travel(dt.datetime.now(tz=dt.UTC) - dt.timedelta(seconds=1), tick=True).start()
