"""The indexes that search asks: made in each database from what it brings, and kept by the database itself.

There is one of editions, which readers search, and one of working copies that no edition is like, for the desk. They
are filled in the transaction that writes a row, whoever writes it: `publish`, `loaddata`, SQL by hand.
What they hold are the words of `Edition.search_text` and `WorkingWords.search_text`, which `rich_text.search_text`
parted with single spaces; so the tokenizers below have nothing to decide, and both databases find the same. That of
editions holds besides them a word for the edition's section, one for its language and one for its kind (see
`filed_word`): what is narrowed by these costs what a search for one more word does.

SQLite: the FTS5 table `articles_edition_search`, whose rowid is the edition's id, filled by three triggers; and
`articles_workingwords_search`, whose rowid is the article's. And an index of editions by their key, with all that
tells whether one is live: see KEY.
PostgreSQL: the generated columns `search_words` of both tables, tsvectors without positions, under GIN.

Django changes a table of SQLite by making it anew, and triggers are lost with the old one. So a migration
that changes `Edition` ends with `migrations.RunPython(make_search_index, make_search_index)`, one that changes
`WorkingWords` with the like of `make_words_index`; without it, articles/tests/test_search.py fails.
"""

# ruff: noqa: S608 - all parts of these statements are constants of this file

# What an edition's key is called where a hit is looked up: SQLite would look up the key itself in the table, and
# read each story's row, with its body, to see whether it is live. A sum is found in an index alone.
KEY = "{key} + 0"
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


_DROP_KEYS = "DROP INDEX IF EXISTS edition_by_key"
_MAKE_KEYS = f"""CREATE INDEX edition_by_key
    ON articles_edition (({KEY.format(key="id")}), live_until, live_from, article_id)"""
_SQLITE_DROP = [
    _DROP_KEYS,
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
    _MAKE_KEYS,
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

# Of working copies, too, the text is not kept twice: here the index reads it where it stands.
_SQLITE_DROP_WORDS = [
    "DROP TRIGGER IF EXISTS working_search_insert",
    "DROP TRIGGER IF EXISTS working_search_delete",
    "DROP TRIGGER IF EXISTS working_search_update",
    "DROP TABLE IF EXISTS articles_workingwords_search",
]
_TAKE_WORDS = """INSERT INTO articles_workingwords_search(articles_workingwords_search, rowid, search_text)
        VALUES ('delete', old.article_id, old.search_text);"""
_ADD_WORDS = """INSERT INTO articles_workingwords_search(rowid, search_text)
        VALUES (new.article_id, new.search_text);"""
_SQLITE_MAKE_WORDS = [
    """CREATE VIRTUAL TABLE articles_workingwords_search USING fts5(
        search_text, content='articles_workingwords', content_rowid='article_id', tokenize='ascii', columnsize=0
    )""",
    f"CREATE TRIGGER working_search_insert AFTER INSERT ON articles_workingwords BEGIN {_ADD_WORDS} END",
    f"CREATE TRIGGER working_search_delete AFTER DELETE ON articles_workingwords BEGIN {_TAKE_WORDS} END",
    f"""CREATE TRIGGER working_search_update AFTER UPDATE OF article_id, search_text ON articles_workingwords
    WHEN old.article_id IS NOT new.article_id OR old.search_text IS NOT new.search_text
    BEGIN {_TAKE_WORDS} {_ADD_WORDS} END""",
    "INSERT INTO articles_workingwords_search(articles_workingwords_search) VALUES ('rebuild')",
]
_POSTGRESQL_DROP_WORDS = ["ALTER TABLE articles_workingwords DROP COLUMN IF EXISTS search_words"]
_POSTGRESQL_MAKE_WORDS = [
    """ALTER TABLE articles_workingwords ADD COLUMN search_words tsvector GENERATED ALWAYS AS (
        array_to_tsvector(array_remove(string_to_array(search_text, ' '), ''))
    ) STORED""",
    "CREATE INDEX working_by_words ON articles_workingwords USING gin (search_words)",
]
_DROP = {"sqlite": _SQLITE_DROP, "postgresql": _POSTGRESQL_DROP}
_MAKE = {"sqlite": _SQLITE_MAKE, "postgresql": _POSTGRESQL_MAKE}
_DROP_KEYS_ALONE = {"sqlite": [_DROP_KEYS], "postgresql": []}
_MAKE_KEYS_ALONE = {"sqlite": [_MAKE_KEYS], "postgresql": []}
_DROP_WORDS = {"sqlite": _SQLITE_DROP_WORDS, "postgresql": _POSTGRESQL_DROP_WORDS}
_MAKE_WORDS = {"sqlite": _SQLITE_MAKE_WORDS, "postgresql": _POSTGRESQL_MAKE_WORDS}


def make_search_index(apps, schema_editor):
    """Makes the index of editions anew; for `migrations.RunPython`. Done twice it changes nothing."""
    drop_search_index(apps, schema_editor)
    _do(_MAKE, schema_editor)


def drop_search_index(apps, schema_editor):
    """Takes it away; for `migrations.RunPython`, backwards."""
    _do(_DROP, schema_editor)


def make_keys_index(apps, schema_editor):
    """Makes the index by KEY alone, for a site that has the index of words; for `migrations.RunPython`."""
    drop_keys_index(apps, schema_editor)
    _do(_MAKE_KEYS_ALONE, schema_editor)


def drop_keys_index(apps, schema_editor):
    """Takes it away; for `migrations.RunPython`, backwards."""
    _do(_DROP_KEYS_ALONE, schema_editor)


def make_words_index(apps, schema_editor):
    """As `make_search_index`, of working copies."""
    drop_words_index(apps, schema_editor)
    _do(_MAKE_WORDS, schema_editor)


def drop_words_index(apps, schema_editor):
    """As `drop_search_index`, of working copies."""
    _do(_DROP_WORDS, schema_editor)


def _do(statements, schema_editor):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)
