"""Boards, schools, groups, pupils, parents and their authority; the roster import."""
