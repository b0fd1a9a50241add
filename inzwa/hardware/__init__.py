"""What this machine is: its processor, cores, memory and graphics processor. Depends on no model and no engine."""
