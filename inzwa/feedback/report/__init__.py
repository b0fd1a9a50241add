"""What evaluators gave, as figures with 95 % intervals and as one HTML page.

`gather` reads the store, `sections` and its neighbours make figures of that, `page` draws them. Nothing here writes.
"""
