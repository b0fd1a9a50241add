"""Continuous batching: many replies decoded together in one context on one thread; the library is behind ModelRunner.

DecodeThread runs the loop, EngineCore a step of it, schedule() chooses the tokens of a batch, KvCache assigns the cells
and TokenStream takes the text to its listener.
"""
