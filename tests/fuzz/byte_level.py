"""Checks mutated documents and reports what must not happen: ``python tests/fuzz/byte_level.py 1000 --first 5000``.

For every input: no exception, an answer that follows the schema, an end within the bounds, memory within a limit, and
no step that is proved or refuted with a message of failure.  A hang ends the process with the place where it stood.
"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import json
import resource
import sys
import tempfile
import time
import traceback
from importlib import resources
from pathlib import Path

import jsonschema
from mutations import document

from derivations.check import check_files

SLACK = 3.0  # seconds beyond the bounds of the steps: a garbage collection, a busy machine
BROKEN = ("the checker failed", "the limit of memory")


def validator() -> jsonschema.Draft202012Validator:
    """What the answer of ``derivations check --format json`` must look like."""
    text = resources.files("derivations").joinpath("schemas/check.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def faults(path: str, timeout: float, schema: jsonschema.Draft202012Validator) -> tuple[list[str], collections.Counter]:
    """What is wrong with the check of a file, and its verdicts."""
    start = time.process_time()
    try:
        report = check_files([path], timeout=timeout)
    except Exception:  # noqa: BLE001
        return [traceback.format_exc()], collections.Counter()  # whatever it is, it is a fault to be shown
    seconds = time.process_time() - start
    data = json.loads(json.dumps(report.as_json(), ensure_ascii=False))
    found = [error.message for error in schema.iter_errors(data)]
    steps = report.steps
    found += [f.error for f in report.files if any(word in (f.error or "") for word in BROKEN)]
    if seconds > 2 * timeout * (1 + len(steps) + len(report.files[0].derivations)) + SLACK:
        found.append(f"{seconds:.1f} s for {len(steps)} steps")
    for step in steps:
        if any(word in step.message for word in BROKEN):
            found.append(f"line {step.line}: {step.message}")
        if step.verdict in ("proved", "refuted") and "limit of" in step.message:
            found.append(f"line {step.line}: {step.verdict}: {step.message}")
        if step.verdict == "refuted" and step.counterexample is None:
            found.append(f"line {step.line}: refuted without a model")
    return found, collections.Counter(s.verdict for s in steps) + collections.Counter(
        ["error"] if report.files[0].error else []
    )


def main() -> int:
    """Check a range of inputs; exit status 1 if there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds for one step, as of derivations check")
    parser.add_argument("--memory", type=int, default=3000, help="limit of the address space in MB")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (options.memory * 2**20,) * 2)
    schema, verdicts, bad = validator(), collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for n in range(options.first, options.first + options.count):
            data, suffix = document(options.seed, n)
            path = Path(folder, f"input{suffix}")
            path.write_bytes(data)
            faulthandler.dump_traceback_later(60 + 40 * options.timeout, exit=True)
            print(f"\r{n}", end="", file=sys.stderr)
            found, counts = faults(str(path), options.timeout, schema)
            verdicts += counts
            bad += bool(found)
            for fault in found:
                print(f"FAULT input {n} of seed {options.seed}: {fault}\n  {data[:400]!r}", flush=True)
    faulthandler.cancel_dump_traceback_later()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{options.count} inputs, {bad} with faults, {peak} MB at most; {dict(verdicts)}", flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
