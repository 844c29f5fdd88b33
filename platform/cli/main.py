"""The `kith` command: one typer application that the other files of this room add their commands to."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from kith.cli.access import access
from kith.cli.apply import apply
from kith.cli.backup import backup
from kith.cli.check import check
from kith.cli.diff import diff
from kith.cli.doctor import doctor
from kith.cli.eval import evaluate
from kith.cli.explain import explain
from kith.cli.exporting import run as run_export
from kith.cli.fmt import fmt
from kith.cli.history import history
from kith.cli.importing import run as run_import
from kith.cli.infer import infer
from kith.cli.jobs import jobs
from kith.cli.loading import ending, load_quickly
from kith.cli.lsp import lsp
from kith.cli.new import new
from kith.cli.package import package
from kith.cli.plan import plan
from kith.cli.privacy_keeping import privacy
from kith.cli.pull import pull
from kith.cli.purge import purge
from kith.cli.releases import releases
from kith.cli.replay import replay
from kith.cli.restore import restore
from kith.cli.rollback import rollback
from kith.cli.schema import schema
from kith.cli.serve import serve
from kith.cli.testing import run as run_tests
from kith.cli.token import token
from kith.cli.undo import undo
from kith.cli.user import user
from kith.cli.why import why
from kith.cli.worker import worker

app = typer.Typer(name="kith", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kith {version('kith-crm')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Kith turns a folder of YAML into a working CRM."""


app.command()(access)
app.command()(apply)
app.command()(backup)
app.command()(check)
app.command()(diff)
app.command()(doctor)
app.command("eval")(evaluate)
app.command()(explain)
app.command()(fmt)
app.command("export")(run_export)
app.command()(history)
app.command("import")(run_import)
app.command()(infer)
app.add_typer(jobs, name="jobs")
app.command()(lsp)
app.command()(new)
app.add_typer(package, name="package")
app.command()(plan)
app.add_typer(privacy, name="privacy")
app.command()(pull)
app.command()(releases)
app.command()(purge)
app.command()(replay)
app.command()(restore)
app.command()(rollback)
app.command()(schema)
app.command()(serve)
app.command("test")(run_tests)
app.add_typer(token, name="token")
app.command()(undo)
app.add_typer(user, name="user")
app.command()(why)
app.command()(worker)


def run() -> None:
    """The command as a process of its own."""
    load_quickly()
    try:
        app()
    finally:
        ending()
