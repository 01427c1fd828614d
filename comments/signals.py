"""What other parts of the site can hear of comments, once it is stored for good.

`posted`: sender Comment, `comment`. `decided`: sender Comment, `comment`, `decision`. `letter_waits`: sender
Letter, `due_at`. All are sent after the transaction has committed, and a receiver that fails is logged and
breaks nothing.
"""

from django.dispatch import Signal

posted = Signal()
decided = Signal()
letter_waits = Signal()
