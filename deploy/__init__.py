"""How the system is brought up."""
