"""What may stand in kring.toml."""

from __future__ import annotations

from service.programme_schema import Flag, Form, Table, Text, Whole
from service.settings import MOST_PROCESSES


class LimitsForm(Form):
    """[limits]: how often one may ask in a minute; 0 is as often as one likes."""

    calls = Whole(0, 10_000_000)
    calls_without_key = Whole(0, 10_000_000)
    wrong_keys = Whole(0, 10_000_000)
    sign_ins = Whole(0, 10_000_000)


class SettingsForm(Form):
    """The whole file."""

    data = Text()
    database = Text()
    host = Text()
    port = Whole(0, 65535)
    processes = Whole(1, MOST_PROCESSES)
    worker = Flag()
    proxy = Text()
    limits = Table(LimitsForm)
