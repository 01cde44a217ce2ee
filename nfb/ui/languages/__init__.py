"""Catalogues of translations, ``nfb_<code>.ts`` with the same compiled as ``.qm``, and what makes them."""
