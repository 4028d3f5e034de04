<<<<<<< HEAD
"""Papers of this room, one file a subject."""
=======
"""Papers of this room: which there are and what they say, one file a subject."""
>>>>>>> 330e6a3 (consent: Lead a parent from a code to questions, a signature and a receipt.)
