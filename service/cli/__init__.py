"""The command line: one file a command; each reads, calls one use case, and prints."""

from service.cli.backup import backup
from service.cli.check import check
from service.cli.common import main
from service.cli.compose import compose
from service.cli.conflicts import conflicts
from service.cli.doctor import doctor
from service.cli.explain import explain
from service.cli.export import export
from service.cli.import_ import import_
from service.cli.keys import keys
from service.cli.place import place
from service.cli.repair import repair
from service.cli.restore import restore
from service.cli.serve import serve
from service.cli.spaces import spaces
from service.cli.users import users
from service.cli.what_if import what_if
from service.cli.worker import worker

for command in (
    compose,
    check,
    what_if,
    repair,
    explain,
    place,
    conflicts,
    serve,
    worker,
    keys,
    users,
    spaces,
    doctor,
    backup,
    restore,
    export,
    import_,
):
    main.add_command(command)

__all__ = ["main"]
