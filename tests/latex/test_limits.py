"""A limit that is over at once stops what is inside it and nothing else."""

import signal
import time

import pytest

from derivations.latex.limits import OutOfTime, time_limit


@pytest.mark.parametrize("seconds", [1e-6, 1e-5, 1e-4])
def test_a_limit_that_ends_at_once_leaves_the_outer_one(seconds: float) -> None:
    for _ in range(100):
        with time_limit(60):
            with pytest.raises(OutOfTime), time_limit(seconds):
                time.sleep(1)
            assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
