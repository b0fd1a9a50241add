"""Tasks for evaluators: what is judged (items), who gets which (drawn evenly and blind), what they answer.

Works on a session of the database, in the caller's transaction. Knows no engine: whoever has voices makes the sounds.
"""
