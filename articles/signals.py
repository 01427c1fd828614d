"""What other parts of the site can hear of stories.

`changing`: sender None, `names`, a frozenset of what changes (see shown.py), sent before the transaction that
runs has been committed, or at once where none runs.
"""

from django.dispatch import Signal

changing = Signal()
