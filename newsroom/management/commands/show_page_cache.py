"""Tell what the processes of this machine keep of pages: `manage.py show_page_cache`."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from newsroom.drop_board import the_board
from newsroom.drops import BYTES, DROPPED, GIVEN_UP, HITS, MISSES, PAGES, UNKEPT

# (word of a process's row, name for Prometheus, its type, what it counts)
FIGURES = (
    (HITS, "hits_total", "counter", _("answered from memory")),
    (MISSES, "misses_total", "counter", _("rendered")),
    (UNKEPT, "unkept_total", "counter", _("rendered and not kept")),
    (DROPPED, "dropped_total", "counter", _("dropped for a change or by time")),
    (GIVEN_UP, "given_up_total", "counter", _("given up for others")),
    (PAGES, "pages", "gauge", _("pages kept")),
    (BYTES, "bytes", "gauge", _("bytes kept")),
)


class Command(BaseCommand):
    help = (
        "Tell how many requests were answered from memory, what is kept and what was dropped, by all processes of "
        "this machine since the file of drops was made."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--prometheus",
            action="store_true",
            help="In the text format of Prometheus, for its textfile collector.",
        )

    def handle(self, *, prometheus, **options):
        board = the_board()
        if board is None:
            raise CommandError(_("No pages are kept: the file page-drops in the data folder cannot be used."))
        rows = board.counted()
        sums = [(name, kind, said, sum(row[word] for row in rows)) for word, name, kind, said in FIGURES]
        sums.append(("changes_total", "counter", _("changes made known"), board.count))
        for name, kind, said, count in sums:
            if prometheus:
                name = f"newsroom_page_cache_{name}"
                self.stdout.write(f"# HELP {name} {said}\n# TYPE {name} {kind}\n{name} {count}")
            else:
                self.stdout.write(f"{count:>14,}  {said}")
        asked = sums[0][3] + sums[1][3]
        if not prometheus and asked:
            self.stdout.write(f"{100 * sums[0][3] / asked:>13.1f}%  " + _("of all that was asked for"))
