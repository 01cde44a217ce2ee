"""Ten thousand mutated protocol files: how many are refused, and how long the slowest takes."""

import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).parents[1] / "files"))

from mutations import mutated
from test_protocol_fuzz import read_or_refuse

from nfb.model.protocol import Protocol

N_FILES = 10_000


@pytest.mark.benchmark
@pytest.mark.timeout(3600)
def test_ten_thousand_mutated_files() -> None:
    read = refused = 0
    slowest_s = 0.0

    @settings(
        max_examples=N_FILES,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(mutated())
    def run(text: str) -> None:
        nonlocal read, refused, slowest_s
        began_s = time.process_time()
        is_protocol = isinstance(read_or_refuse(text), Protocol)
        slowest_s = max(slowest_s, time.process_time() - began_s)
        read += is_protocol
        refused += not is_protocol

    run()
    print(f"\n{read} mutated files read, {refused} refused with a place; the slowest took {1000 * slowest_s:.0f} ms")
