"""Check derivations in the mathematics of generative models: proofs, counterexamples, numbers."""
