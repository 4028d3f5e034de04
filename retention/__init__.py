"""How long things are kept: terms, holds, destruction lists, certificates."""
