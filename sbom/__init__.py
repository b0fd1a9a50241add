"""The bill of materials: every package that Inzwa runs on and every model that it knows. Part of no running server."""
