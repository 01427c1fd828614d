"""The index that search asks: made in each database from what it brings, and kept by the database itself.

It is filled in the transaction that writes an edition, whoever writes it: `publish`, `loaddata`, SQL by hand.
What it holds are the words of `Edition.search_text`, which `rich_text.search_text` parted with single spaces;
so the tokenizers below have nothing to decide, and both databases find the same. Besides them it holds a word for
the edition's section, one for its language and one for its kind (see `filed_word`): what is narrowed by these costs
what a search for one more word does.

SQLite: the FTS5 table `articles_edition_search`, whose rowid is the edition's id, filled by three triggers.
PostgreSQL: the generated column `articles_edition.search_words`, a tsvector without positions, under GIN.

Django changes a table of SQLite by making it anew, and triggers are lost with the old one. So a migration
that changes `Edition` ends with `migrations.RunPython(make_search_index, make_search_index)`; without it,
articles/tests/test_search.py fails.
"""

# ruff: noqa: S608 - all parts of these statements are constants of this file

_MARK = "\ue000"  # begins the words of the filing: no story has it in a word, and nobody can search for it


def filed_word(field, value):
    """The word of the index that stands for an edition's `section_id`, `language` or `kind`."""
    return f"{_MARK}{field.replace('_', '')}{str(value).replace('-', '')}"


FILED = ("section_id", "language", "kind")


def _filed_in_sqlite(row):
    """The words of an edition's filing as SQL, each with a space before it."""
    words = (f"' {filed_word(field, '')}' || replace({row}.{field}, '-', '')" for field in FILED)
    return " || ".join(words)


def _all_words(row):
    return f"{row}.search_text || {_filed_in_sqlite(row)}"


_SQLITE_DROP = [
    "DROP TRIGGER IF EXISTS edition_search_insert",
    "DROP TRIGGER IF EXISTS edition_search_delete",
    "DROP TRIGGER IF EXISTS edition_search_update",
    "DROP TABLE IF EXISTS articles_edition_search",
]
_ADD = f"INSERT INTO articles_edition_search(rowid, words) SELECT new.id, {_all_words('new')};"
_TAKE = f"""INSERT INTO articles_edition_search(articles_edition_search, rowid, words)
        SELECT 'delete', old.id, {_all_words("old")};"""
_CHANGED = " OR ".join(f"old.{field} IS NOT new.{field}" for field in ("id", "search_text", *FILED))
# Without content: the text is not kept twice. An FTS5 table of that kind has to be told what it forgets.
# The tokenizer `ascii` parts words at ASCII marks and spaces alone, whatever Unicode this SQLite knows.
_SQLITE_MAKE = [
    """CREATE VIRTUAL TABLE articles_edition_search USING fts5(
        words, content='', tokenize='ascii', columnsize=0
    )""",
    f"CREATE TRIGGER edition_search_insert AFTER INSERT ON articles_edition BEGIN {_ADD} END",
    f"CREATE TRIGGER edition_search_delete AFTER DELETE ON articles_edition BEGIN {_TAKE} END",
    f"""CREATE TRIGGER edition_search_update
    AFTER UPDATE OF id, search_text, {", ".join(FILED)} ON articles_edition WHEN {_CHANGED}
    BEGIN {_TAKE} {_ADD} END""",
    f"""INSERT INTO articles_edition_search(rowid, words)
    SELECT id, {_all_words("articles_edition")} FROM articles_edition""",
    "INSERT INTO articles_edition_search(articles_edition_search) VALUES ('optimize')",
]
_POSTGRESQL_DROP = ["ALTER TABLE articles_edition DROP COLUMN IF EXISTS search_words"]
# No parser of PostgreSQL's, which reads numbers, hyphens and addresses in ways of its own, by the database's
# locale. No positions either: it keeps 256 of a word, so that phrases late in a long story would be lost.
_WORDS_OF_FILING = "ARRAY[{}]".format(
    ", ".join(f"'{filed_word(field, '')}' || replace({field}::text, '-', '')" for field in FILED)
)
_POSTGRESQL_MAKE = [
    f"""ALTER TABLE articles_edition ADD COLUMN search_words tsvector GENERATED ALWAYS AS (
        array_to_tsvector(array_remove(string_to_array(search_text, ' '), '') || {_WORDS_OF_FILING})
    ) STORED""",
    "CREATE INDEX edition_by_words ON articles_edition USING gin (search_words)",
]
_DROP = {"sqlite": _SQLITE_DROP, "postgresql": _POSTGRESQL_DROP}
_MAKE = {"sqlite": _SQLITE_MAKE, "postgresql": _POSTGRESQL_MAKE}


def make_search_index(apps, schema_editor):
    """Makes the index anew from all editions; for `migrations.RunPython`. Done twice it changes nothing."""
    drop_search_index(apps, schema_editor)
    for statement in _MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop_search_index(apps, schema_editor):
    """Takes the index away; for `migrations.RunPython`, backwards."""
    for statement in _DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)
