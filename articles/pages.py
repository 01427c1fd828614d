"""The pages that the footer links to, and the words they begin with until the desk has its own."""

from django.apps import apps as all_apps
from django.utils.translation import gettext_lazy as _

# slug: (title, paragraphs). The addresses are fixed; titles and words are the desk's to change.
PAGES = {
    "about": (
        _("About"),
        [
            _("This is the site of a news desk. It publishes briefings, news and analysis."),
            _(
                "Every article lists the sources it rests on, by number. When we have made an error, "
                "the article says what was wrong and what is right, and the correction is listed with "
                "all others."
            ),
            _("Articles that are only part of a longer text, or in another language, say so."),
        ],
    ),
    "contact": (
        _("Contact the desk"),
        [
            _(
                "Write to the desk to report an error, to send a tip, or to ask about a comment. When "
                "you report an error, please name the article and say what is wrong and how you know."
            ),
        ],
    ),
    "privacy": (
        _("Privacy"),
        [
            _("Reading this site sets no cookie, runs no script and asks no other site for anything."),
            _(
                "If you reply to an article, we keep four things: the name you give, which is shown "
                "with your comment; your e-mail address, which is never shown and never passed on; the "
                "text of your comment; and a keyed hash of your network address, made after its last "
                "part has been cut off. The hash cannot be turned back into an address: it only lets "
                "moderators see that comments came from the same place."
            ),
            _(
                "The hash of your network is dropped after 30 days. The rest is kept as long as the article "
                "is, or until you ask us to erase it."
            ),
            _(
                "If you report a comment or an error, we keep what you write and the same hash. Of a "
                "reported error editors also see the name and the e-mail address, where you give them."
            ),
            _(
                "If you ask to be told by e-mail what becomes of your comment, we write to that address "
                "about this comment and answers to it, and for nothing else. Every letter has a link that "
                "stops them all; we then keep a keyed hash of the address, so that they stay stopped."
            ),
            _(
                "Moderators see your name, your e-mail address and your text, so that they can decide "
                "whether the comment is published. Each decision is kept with its reason; what was decided "
                "is counted month by month, and numbers under five are not told."
            ),
            _(
                "To see everything we keep of you, write to the desk from the e-mail address you gave. You "
                "get it as a file."
            ),
            _(
                "The page you see after posting has an address of its own that works for thirty days. "
                "There you can withdraw the comment yourself, also after it was published."
            ),
            _(
                "To have a comment erased, write to the desk from the e-mail address you gave with it. "
                "Its words, your name, your address and the hash are then removed for good; if others have "
                "replied, an empty place remains so that their replies still make sense."
            ),
        ],
    ),
    "moderation-policy": (
        _("How we moderate comments"),
        [
            _("A moderator reads every comment before it appears. That can take some hours."),
            _("We publish what adds something to the article: a fact, a question, a reason, an experience."),
            _(
                "We do not publish insults, threats or contempt for groups of people, personal details "
                "of others, advertising, or text that has nothing to do with the article. We do not "
                "edit comments: a comment is published as it was written, or not at all. Only personal "
                "data can be taken out, and a mark then stands in their place."
            ),
            _(
                "Below each comment is a way to report it. A comment that several readers report is "
                "taken off the site until a moderator has read it again."
            ),
            _(
                "If you think that a decision was wrong, write to the desk and another moderator will "
                "look at it."
            ),
        ],
    ),
    "corrections-policy": (
        _("Corrections policy"),
        [
            _(
                "When an article states something that is wrong, we correct it as soon as we know, and "
                "we say so: a note above the text leads to what was wrong and what is right, with the "
                "date and time."
            ),
            _(
                "Mistakes of spelling or layout are mended without a note. New developments are added "
                "as an update, and the article then shows when it was updated."
            ),
            _(
                "An article that should not have been published is withdrawn. Its address then says "
                "when that happened and why."
            ),
            _("All corrections are listed on one page. Please tell the desk when you find an error."),
        ],
    ),
}


def keep_pages(*, using, apps=all_apps, **kwargs):
    """Makes the pages that are missing, leaves the others alone; the receiver of `post_migrate`."""
    try:
        page = apps.get_model("articles", "Page")
    except LookupError:  # after migrating back to where there was no such table
        return
    for slug, (title, paragraphs) in PAGES.items():
        words = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        page.objects.using(using).get_or_create(slug=slug, defaults={"title": str(title), "body": words})
