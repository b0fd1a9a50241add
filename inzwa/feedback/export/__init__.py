"""What evaluators gave, as tables that others can read: only what consent covers, without personal details."""
