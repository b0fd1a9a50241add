"""python -m sbom: write the bill of materials (`make sbom`)."""

import os
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

from inzwa.engines.selection import open_store
from inzwa.errors import InzwaError
from inzwa.settings import load_settings
from sbom.document import Bill, document, written_at

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"


def main() -> int:
    """Exit status: 0, or 1 with the reason on stderr."""
    parser = ArgumentParser(prog="python -m sbom", description="Write a CycloneDX 1.6 bill of packages and models.")
    parser.add_argument("-o", "--output", type=Path, default=Path("out", "sbom.cdx.json"))
    parser.add_argument("--image", type=Path, metavar="ROOT", help="of the image whose root file system lies there")
    arguments = parser.parse_args()
    output: Path = arguments.output
    try:
        store = open_store(load_settings())
        bill = Bill.of_image(arguments.image, REQUIREMENTS, store) if arguments.image else Bill.of(REQUIREMENTS, store)
        text = document(bill, written_at(os.environ, datetime.now(UTC)))
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except (InzwaError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    system = f", {len(bill.system)} packages of Debian" if bill.system else ""
    sys.stdout.write(f"{output}: {len(bill.packages)} packages, {len(bill.models)} models{system}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
