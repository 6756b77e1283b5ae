"""What an operator has without limescope: sigstore-python, offline.

Verifies every bundle of a folder for the digest in its name and one identity,
with the folder's own trusted root. Prints JSON: how many verified, seconds of
each, seconds until the first could be asked, peak in KiB.
"""

import json
import resource
import sys
import time
from pathlib import Path

started = time.perf_counter()

from sigstore.hashes import Hashed  # noqa: E402
from sigstore.models import Bundle, TrustedRoot  # noqa: E402
from sigstore.verify import Verifier  # noqa: E402
from sigstore.verify.policy import Identity  # noqa: E402
from sigstore_models.common.v1 import HashAlgorithm  # noqa: E402


def main() -> None:
    folder, subject, issuer, most = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    verifier = Verifier(trusted_root=TrustedRoot.from_file(str(folder / "trusted_root.json")))
    policy = Identity(identity=subject, issuer=issuer)
    ready = time.perf_counter() - started
    took = []
    for path in sorted(folder.glob("*.sigstore.json"))[:most]:
        began = time.perf_counter()
        digest = bytes.fromhex(path.name.split(".")[0])
        bundle = Bundle.from_json(path.read_bytes())
        # Whatever does not verify ends the run.
        verifier.verify_artifact(Hashed(algorithm=HashAlgorithm.SHA2_256, digest=digest), bundle, policy)
        took.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"took_s": took, "ready_s": ready, "peak_kib": peak}))


main()
