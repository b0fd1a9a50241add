"""The four engine families, and what opens, tests, replaces and exchanges them.

A family (vad, asr, llm, tts) knows neither the others nor the web.
Only registry.py and opening.py name concrete engines.
"""
