"""A door: the same functions as the command line's, behind a page for one user on this machine.

serve.py opens and closes it; guard.py lets nobody else in; routes.py says what may be asked; desk.py holds what was
given, job.py does one thing at a time, session.py remembers what came of it; views.py and words.py tell it in French.
"""
