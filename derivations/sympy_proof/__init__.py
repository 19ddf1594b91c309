r"""The second proof: a statement shown once more by SymPy, independently of the kernel.

Main definition: `second_proof`.  It reads the statement as data (``docs/terms.md``), with definitions of its own for
expectations, divergences, entropies and informations, and answers ``proved`` only if SymPy reduced the difference of
both sides to exactly 0; otherwise ``undecided``.  It is a second opinion and takes the usual conditions for granted:
the integrals are finite and densities in a denominator or a logarithm positive.  It never counts as a check.

Three ways, of which a statement takes those that apply:

integrands
    Density values are positive symbols, tied only by normalisation: a bound variable that occurs in one density, to
    the power one, and nowhere else, is integrated out.  Normal densities are integrated directly over the line
    against polynomials; a product of normals integrates component by component.
finite alphabets
    Every variable has two points with symbolic positive base weights, every law a table of symbolic positive values
    divided by its total, so that normalisation holds by construction.  Both sides become polynomials in logarithms
    over a field of rational functions, at all values of the free variables.
calculus
    A strictly concave function on [0, 1] has one maximiser: a zero of the derivative, or an end (`maximise`).  A
    supremum over all functions with values in [0, 1] is taken pointwise under the integral sign, and an inequality
    for such a function follows pointwise; densities that vanish at a point are treated as cases of their own.

SymPy is imported on the first call.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from derivations.sympy_proof.alphabets import OutOfReach, by_alphabets
from derivations.sympy_proof.calculus import Maximum, by_calculus, maximise, without_suprema
from derivations.sympy_proof.definitions import Data, Undecided, heads, unfold
from derivations.sympy_proof.integrands import by_integrands

if TYPE_CHECKING:
    from derivations.language import Statement

__all__ = ["Maximum", "SecondProof", "Undecided", "maximise", "second_proof"]


@dataclass(frozen=True)
class SecondProof:
    """What SymPy found: *verdict* is ``proved`` or ``undecided``, *seconds* the wall time, *how* the way in words."""

    method: str
    verdict: str
    seconds: float
    how: str

    def json(self) -> dict[str, Any]:
        """The entry ``second_proof`` of ``verify --format json``."""
        return {"method": self.method, "verdict": self.verdict, "seconds": self.seconds}


def second_proof(statement: Statement) -> SecondProof:
    """A proof of the statement by SymPy, or ``undecided`` with the reason.

    >>> from derivations.language import E, KL, laws, log, variables
    >>> (p, q), (x, z) = laws("p q"), variables("x z")
    >>> elbo = E[q(z | x)](log(p(x | z))) - KL(q(z | x), p(z))
    >>> second_proof(log(p(x)) == elbo + KL(q(z | x), p(z | x))).verdict
    'proved'
    >>> second_proof(log(p(x)) == elbo).verdict
    'undecided'
    """
    import sympy

    start = perf_counter()
    try:
        how, verdict = _prove(statement.json()), "proved"
    except Undecided as reason:
        how, verdict = str(reason), "undecided"
    except (NotImplementedError, sympy.PolynomialError, sympy.CoercionFailed) as reason:
        how, verdict = f"SymPy could not continue: {reason}", "undecided"
    return SecondProof("sympy", verdict, perf_counter() - start, how)


def _prove(data: Data) -> str:
    if data["relation"] in ("<=", ">="):
        return by_calculus(data)
    if data["relation"] != "=":
        raise Undecided(f"the relation {data['relation']} is not treated")
    notes: list[str] = []
    left, right = (without_suprema(unfold(data[side]), data, notes) for side in ("lhs", "rhs"))
    difference = ["add", left, ["mul", ["num", "-1"], right]]
    notes.append(by_integrands(difference, data))
    if heads(difference) & {"den"}:
        try:
            notes.append(by_alphabets(difference, data))
        except OutOfReach as reason:
            notes.append(f"finite alphabets do not apply ({reason})")
    return "; ".join(notes)
