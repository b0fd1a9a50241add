"""python -m sbom: write the bill of materials. `make sbom` does."""

import os
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

from inzwa.choice import open_store
from inzwa.errors import InzwaError
from inzwa.settings import load_settings
from sbom.document import Bill, document, written_at

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"


def main() -> int:
    """0 when it was written, 1 with the reason when not."""
    parser = ArgumentParser(prog="python -m sbom", description="Write a CycloneDX 1.6 bill of packages and models.")
    parser.add_argument("-o", "--output", type=Path, default=Path("out", "sbom.cdx.json"))
    output: Path = parser.parse_args().output
    try:
        bill = Bill.of(REQUIREMENTS, open_store(load_settings()))
        text = document(bill, written_at(os.environ, datetime.now(UTC)))
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except (InzwaError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{output}: {len(bill.packages)} packages, {len(bill.models)} models\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
