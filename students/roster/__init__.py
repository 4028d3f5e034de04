"""Roster import: read an upload, plan what would change, let a person decide, apply it at once.

`records` and `problems` hold the words, `reading` opens an upload (`edexml`, `parents_csv`),
`planning` compares it with what the school has. These are plain Python without database or clock.
"""
