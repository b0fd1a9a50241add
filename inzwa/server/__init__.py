"""What the world talks to: the socket, the small HTTP surface, the page."""
