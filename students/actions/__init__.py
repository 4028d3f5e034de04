"""Verbs that change schools, pupils and parents: one transaction, one event each."""
