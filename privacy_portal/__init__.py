"""Settings, root addresses and the WSGI door. Knows every room; no room imports it."""
