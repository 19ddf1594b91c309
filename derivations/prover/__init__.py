"""Finds proofs and writes certificates.  Nothing in here is trusted: the kernel replays what it writes."""

from derivations.prover.certificates import Certificate, prove

__all__ = ["Certificate", "prove"]
