"""What a stolen hash costs whoever guesses the password behind it."""

import subprocess
import sys

from argon2 import extract_parameters
from argon2.low_level import Type

HASHING = "from fenghuo.security.passwords import hashed; print(hashed('correct horse battery'))"


def test_a_hash_of_the_product_costs_what_rfc_9106_asks_of_a_machine_short_of_memory() -> None:
    # In a process of its own: here the tests hash at the least cost.
    done = subprocess.run([sys.executable, "-c", HASHING], capture_output=True, text=True)
    found = extract_parameters(done.stdout.strip())
    assert found.type is Type.ID
    assert (found.time_cost, found.memory_cost, found.parallelism) == (3, 65536, 4)
