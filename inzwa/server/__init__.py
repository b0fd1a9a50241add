"""What clients connect to: the socket, the HTTP routes and the page. Reaches engines through inzwa.protocols only."""
