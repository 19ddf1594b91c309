"""The numeric wing: concrete laws, Monte Carlo, quadrature, rigorous enclosures, transport, and small trained models.

It shares no code with the symbolic wing (`derivations`) and never imports it: agreement of the two is evidence.
Submodules are imported by name; importing `numerics` alone loads nothing heavy.
"""
