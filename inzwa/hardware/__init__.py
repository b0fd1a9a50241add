"""What this machine is: its processor, cores, memory and graphics processor.

Nothing of models or engines belongs here.
"""
