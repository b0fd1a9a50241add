"""What is handed out: sdist, wheel, bill of materials, hashes and a signature. Part of no running server."""
