"""Export of voices from frameworks that Inzwa does not run on; needs requirements-export.txt."""
