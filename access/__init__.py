"""Who somebody is, which roles they hold, what a role may do, and the gate every page has."""
