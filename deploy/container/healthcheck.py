"""Exit status 0 when the server in this container answers /healthz, 1 with the reason when it does not."""

import os
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 3


def main() -> int:
    """Ask once."""
    url = f"http://127.0.0.1:{os.environ.get('INZWA_PORT', '7860')}/healthz"
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=TIMEOUT_S):
            return 0
    except (urllib.error.URLError, OSError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
