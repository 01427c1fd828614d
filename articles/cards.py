"""Stories as lists show them, looked up by number."""

from articles.models import Edition
from articles.models.prepared import Prepared

_AT_A_TIME = 8  # so that few forms of the query are worked out for all numbers of cards


def cards_of(numbers, *, at, with_pictures=False):
    """{id: Edition} of those that are live at that moment, as cards for reading only (see `Prepared.records`)."""
    if not numbers:
        return {}
    cards = (_pictured if with_pictures else _plain).records(at=at, **by_name(numbers))
    return {card.pk: card for card in cards}


def by_name(numbers):
    """Numbers, at least one, as values of a prepared query that asks for those it gets, some of them repeated."""
    numbers = list(numbers)
    numbers += numbers[-1:] * (-len(numbers) % _AT_A_TIME)
    return {f"number_{place}": number for place, number in enumerate(numbers)}


_plain = Prepared(
    lambda *, at, **numbers: Edition.objects.live(at=at).filter(pk__in=numbers.values()).as_cards()
)
_pictured = Prepared(lambda *, at, **numbers: _plain.build(at=at, **numbers).with_pictures(at=at))
