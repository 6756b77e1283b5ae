"""What an operator has without limescope: Keylime's own functions, one file.

Verifies a signed runtime policy with a key, as keylime_tenant does before it
sends one, then reads and validates what was signed, as the verifier does when
it stores one. Prints JSON: seconds of each step, digests, peak in KiB.
"""

import json
import resource
import sys
import time

from keylime.ima import ima


def main() -> None:
    policy, key = sys.argv[1:3]
    started = time.perf_counter()
    text, _ = ima.read_runtime_policy(policy, None, key)
    verified = time.perf_counter()
    stored = ima.runtime_policy_db_contents("bench", text.decode())
    validated = time.perf_counter()
    del stored
    digests = ima.deserialize_runtime_policy(text.decode())["digests"]
    wanted = next(reversed(digests.values()))[0]
    searching = time.perf_counter()
    found = sum(1 for listed in digests.values() if wanted in listed)
    searched = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "verify_s": verified - started,
                "validate_s": validated - verified,
                "search_s": searched - searching,
                "digests": len(digests),
                "found": found,
                "peak_kib": peak,
            }
        )
    )


main()
