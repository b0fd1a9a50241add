"""The HTTP routes: speech and chat under /v1, health, readiness, metrics, and the protocol's description."""
