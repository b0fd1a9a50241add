"""What benchmarks share: speech to send, servers to send it to, the client's side of a turn, figures, tables."""
