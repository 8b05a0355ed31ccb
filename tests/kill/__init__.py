"""Kill tests: processes are killed under people at work, and what was acknowledged has to be there, once."""
