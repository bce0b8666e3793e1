"""How a module is made: its contract, its resources, and the expressions, rules and variables that many have."""
