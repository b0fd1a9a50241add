"""Rules about this code base, each a function from source text to violations; test_rules.py applies them."""
