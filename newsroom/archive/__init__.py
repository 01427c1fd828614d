"""A made-up archive of any size, for measuring and trying out: what `manage.py make_archive` writes.

`words` (with `vocabulary`, `latin` and `other_scripts`) and `text` make the texts, `plan` says what there is: all of
it pure. `filing`, `stories` and `threads` turn that into rows, and `making` writes them, a batch at a time.
"""
