"""Starts what the portal needs: a private PostgreSQL, the demo, the checks, the benchmarks.

Stands outside the rooms: it imports none of them and nothing of Django, and no room imports it.
"""
