"""What evaluators give, on its way from the socket and the page to the store of `inzwa/feedback`."""
