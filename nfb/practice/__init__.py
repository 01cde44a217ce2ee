"""The client book: clients, plans, ratings, scales, treatments, notes, sessions; and the rules that need no window.

`open_book` in :mod:`nfb.practice.opening` is the door. Callers see frozen values; SQLAlchemy stays behind
:mod:`nfb.practice.book`. The modules with rules (scales, intake, dose, treatment days, trends) know no database.
"""
