"""What evaluators give: consent, ratings of turns, answers to tasks, recordings; kept, given back as data, withdrawn.

Imports no web framework and no engine. Nothing of a person's is kept before that person's consent.
"""
