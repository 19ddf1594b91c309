"""The command line: ``derivations verify | check | train | report``.

Results go to standard output, progress to standard error.  Exit status of ``verify``: 1 iff a verdict differs from the
expected one or a check failed; 2 for usage errors.  Nothing heavy is imported before it is used.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivations.claims import Claim
    from derivations.report.evidence import Evidence

__all__ = ["main"]

USAGE = 2

VERIFY_EPILOG = """examples:
  derivations verify                        all claims of the library
  derivations verify gan-jsd --format json
  derivations verify --item 2.7             an item of the sheet; 2 takes in the whole task
  derivations verify my_proofs.py           the claims of a proof script

Exit status: 1 if a verdict differs from the expected one or a check failed, 2 for usage errors, else 0."""

REPORT_EPILOG = """examples:
  derivations report --output build/report
  derivations report --item 2.7 --no-train
  derivations report my_proofs.py           the same report for the claims of a proof script

The PDF is made with latexmk or tectonic where one is installed."""


class UsageError(Exception):
    """A request that cannot be carried out as it was made; the message says what to write instead."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status.

    >>> main(["verify", "log-likelihod"])
    2
    """
    argv = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if argv[:1] == ["check"]:  # it has its own arguments, and grammars that nothing else needs
            from derivations import check

            return check.main(argv[1:])
        options = _parser().parse_args(argv)
        status: int = options.run(options)
    except UsageError as error:
        print(f"derivations {argv[0]}: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return status


# Arguments -----------------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="derivations",
        description="Prove, refute and cross-check derivations in the mathematics of generative models.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    verify = _command(commands, "verify", _verify, "prove and cross-check claims", VERIFY_EPILOG)
    verify.add_argument("claims", nargs="*", metavar="CLAIM", help="claim ids, or a proof script; all if none is given")
    _add_format(verify)
    _add_item(verify)
    _add_seed(verify)
    _add_jobs(verify)
    verify.add_argument("--no-checks", action="store_true", help="prove only, without the numeric checks")

    commands.add_parser("check", help="check the derivations in documents", add_help=False)  # see main()

    train = _command(commands, "train", _train, "train the small models and compare them with theory")
    train.add_argument("models", nargs="*", metavar="MODEL", help="names of models; all if none is given")
    train.add_argument("--quick", action="store_true", help="the short configurations")
    _add_format(train)
    _add_seed(train)

    report = _command(commands, "report", _report, "all of it, as LaTeX, PDF, HTML and JSON", REPORT_EPILOG)
    report.add_argument("scripts", nargs="*", metavar="SCRIPT", help="proof scripts; the library if none is given")
    report.add_argument("--output", default="report", metavar="DIR", help="folder to write to (default: %(default)s)")
    report.add_argument("--claim", action="append", default=[], metavar="ID", help="only this claim; may be repeated")
    _add_item(report)
    _add_seed(report)
    _add_jobs(report)
    report.add_argument("--no-train", action="store_true", help="leave out the trained models")
    report.add_argument("--quick", action="store_true", help="train with the short configurations")
    report.add_argument("--no-pdf", action="store_true", help="write the LaTeX folder without compiling it")

    return parser


def _command(commands: Any, name: str, run: Any, summary: str, epilog: str | None = None) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: %(default)s")


def _add_item(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--item", action="append", default=[], metavar="N", help="only the claims of an item, as in 2.7"
    )


def _add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=_natural, default=0, help="of all that is drawn at random (default: 0)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:N or auto (default: %(default)s)")


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs", type=_positive, default=None, help="processes (default: one for each core, at most 4)"
    )
    parser.add_argument("--timeout", type=_seconds, default=None, help="give a claim up after so many seconds")


def _natural(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative; a seed is an integer from 0 on")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is below 1")
    return value


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no positive number of seconds")
    return value


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from importlib.metadata import version

        print(f"derivations {version('derivations')}")
        parser.exit()


# Commands ------------------------------------------------------------------------------------------------------------


def _verify(options: argparse.Namespace) -> int:
    from derivations.report.data import dumped, verify_data
    from derivations.report.terminal import conditions, output, troubles, verify_table

    scripts = [name for name in options.claims if name.endswith(".py")]
    ids = [name for name in options.claims if not name.endswith(".py")]
    found = _gathered(_selected(scripts, ids, options.item), options, checks=not options.no_checks)
    if options.format == "json":
        sys.stdout.write(dumped(verify_data(found)))
        for evidence in found:
            for line in evidence.errors:
                print(f"{evidence.claim.id}: {line}", file=sys.stderr)
    else:
        console = output()
        console.print(verify_table(found))
        console.print(conditions(found))
        for trouble in troubles(found):
            console.print(trouble)
    return 0 if all(evidence.passed for evidence in found) else 1


def _train(options: argparse.Namespace) -> int:
    from derivations.report.data import dumped, train_data
    from derivations.report.terminal import output, train_table

    results = _trained(options.models or None, options)
    if options.format == "json":
        sys.stdout.write(dumped(train_data(results)))
    else:
        output().print(train_table(results))
    for result in results:
        for note in (*result.notes, *([result.error] if result.error else [])):
            print(f"{result.name}: {note}", file=sys.stderr)
    return 0 if all(result.passed for result in results) else 1


def _report(options: argparse.Namespace) -> int:
    from derivations.report.document import write

    claims = _selected(options.scripts, options.claim, options.item)
    found = _gathered(claims, options, checks=True)
    results: list[Any] = []
    if not options.no_train and not options.scripts and not options.claim and not options.item:
        results = _trained(None, options)
    written = write(
        found,
        results,
        options.output,
        scripts=options.scripts,
        seed=options.seed,
        device=options.device,
        pdf=not options.no_pdf,
    )
    for line in written.remarks:
        print(line, file=sys.stderr)
    for path in written.paths:
        print(path)
    return 0 if all(evidence.passed for evidence in found) and not written.failed else 1


# What the commands share ---------------------------------------------------------------------------------------------


def _selected(scripts: Sequence[str], ids: Sequence[str], items: Sequence[str]) -> list[tuple[str | None, Claim]]:
    """The claims asked for, each with the script that it comes from."""
    from derivations.language import LanguageError
    from derivations.report.selection import library, script, select

    try:
        sources = [(path, script(path)) for path in scripts] if scripts else [(None, library())]
        everything = [claim for _, claims in sources for claim in claims]
        chosen = {id(claim) for claim in select(everything, ids, items)}
    except LanguageError as error:
        raise UsageError(str(error)) from error
    except (SyntaxError, ImportError, NameError, OSError) as error:
        raise UsageError(f"the proof script cannot be run: {type(error).__name__}: {error}") from error
    return [(path, claim) for path, claims in sources for claim in claims if id(claim) in chosen]


def _gathered(claims: list[tuple[str | None, Claim]], options: argparse.Namespace, checks: bool) -> list[Evidence]:
    from derivations.report.workers import Options, gather_all

    jobs = options.jobs or min(4, os.cpu_count() or 1)
    with _progress("proving", len(claims)) as step:
        return gather_all(
            claims,
            Options(options.seed, options.device, checks, jobs, options.timeout),
            started=lambda claim: step(claim.id),
            done=lambda evidence: step(evidence.claim.id, advance=1),
        )


def _trained(names: Sequence[str] | None, options: argparse.Namespace) -> list[Any]:
    from numerics.training.registry import MODELS, train

    wanted = list(MODELS) if names is None else list(names)
    with _progress("training", len(wanted)) as step:

        def progress(name: str, done: int, total: int) -> None:
            step(name, completed=wanted.index(name) + done / max(1, total))

        try:
            return list(train(names, quick=options.quick, device=options.device, seed=options.seed, progress=progress))
        except ValueError as error:
            raise UsageError(str(error)) from error


@contextmanager
def _progress(what: str, total: int) -> Iterator[Any]:
    """A progress bar on standard error; it is called with a name and with ``advance`` or ``completed``."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from derivations.report.terminal import output

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[at]}", style="dim", markup=False),
    )
    with Progress(*columns, console=output(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, at="")
        yield lambda name, **how: bar.update(task, at=name, **how)


if __name__ == "__main__":
    sys.exit(main())
