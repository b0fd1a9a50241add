"""A release: sdist, wheel, bill of materials, hashes and a signature."""
