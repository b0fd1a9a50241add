"""What pyproject.toml cannot say: dependencies without pip's options, and the page's files inside the package."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent
PAGE = "inzwa.assets"
"""Where a wheel has the folder assets/; a checkout has it beside the package."""

PAGE_FILES = ["*.js", "*.css", "*.html", "*.svg", "*.wav"]


def dependencies(requirements: str) -> list[str]:
    """What a requirements file asks for, without comments, without pip's options, and without other files."""
    lines = (line.partition(" #")[0].partition(" --")[0].strip() for line in requirements.splitlines())
    return [line for line in lines if line and not line.startswith(("#", "-"))]


if __name__ == "__main__":
    from setuptools import find_packages, setup  # which an environment need not have, to read this file

    page = [PAGE, *(f"{PAGE}.{each.name}" for each in sorted((ROOT / "assets").iterdir()) if each.is_dir())]
    setup(
        install_requires=dependencies((ROOT / "requirements.txt").read_text(encoding="utf-8")),
        packages=[*find_packages(str(ROOT), include=["inzwa*"]), *page],
        package_dir={PAGE: "assets"},
        package_data={"inzwa": ["**/*.toml", "**/*.tsv", "**/*.html", "**/*.txt"], **dict.fromkeys(page, PAGE_FILES)},
    )
