"""What other parts of the site can hear of comments, once it is stored for good.

`posted`: sender Comment, `comment`. `decided`: sender Comment, `comment`, `decision`. `letter_waits`: sender
Letter, `due_at`. All are sent after the transaction has committed, and a receiver that fails is logged and
breaks nothing.

Whoever keeps more about the people who comment than their comments hears `exporting` and `erasing`: sender
Comment, `address` (an e-mail address as it was asked for), `numbers` (of the comments sent with it). A receiver of
the first returns {name: what it keeps, as JSON can hold it}; one of the second deletes what it keeps, within a
transaction. A receiver that fails stops the export or the erasure.
"""

from django.dispatch import Signal

posted = Signal()
decided = Signal()
letter_waits = Signal()
exporting = Signal()
erasing = Signal()
