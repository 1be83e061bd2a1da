"""The tables of the database as SQL, each column explained where it stands.

The comments are part of what SQLite stores (``sqlite_schema.sql``): an analyst sees them with ``.schema``, and
``docs/schema.md`` is made from them. One rule of form follows: one column a line, its comment behind it.
"""

from __future__ import annotations

INTERVAL = """\
  from_rev INTEGER NOT NULL, -- the first revision in which the item held
  to_rev INTEGER, -- the last revision in which it held; NULL while it holds
  valid_from TEXT NOT NULL, -- when it began to hold (ISO 8601 UTC)
  valid_to TEXT -- when it ceased to hold, exclusive; NULL while it holds"""

TABLES = f"""
CREATE TABLE site ( -- the wiki that this file mirrors: one row
  site_id INTEGER PRIMARY KEY CHECK (site_id = 1), -- always 1
  api_url TEXT, -- address of api.php, or of index.php where the API is off; NULL when the file was made from a dump alone
  sitename TEXT, -- the wiki's own name
  generator TEXT, -- software and version, such as MediaWiki 1.39.6
  lang TEXT, -- content language
  namespaces TEXT NOT NULL, -- JSON list of the namespaces with their names and aliases
  siteinfo TEXT NOT NULL, -- JSON of what the wiki says of itself (meta=siteinfo), or a dump's siteinfo
  fetched_at TEXT NOT NULL -- when that was read
) STRICT;

CREATE TABLE pages ( -- every page that was ever seen, deleted ones included
  page_id INTEGER PRIMARY KEY, -- the wiki's page id
  namespace INTEGER NOT NULL, -- namespace number: 0 articles, 14 categories, …
  title TEXT NOT NULL, -- full title with namespace prefix and spaces
  state TEXT NOT NULL CHECK (state IN ('live', 'deleted')), -- live, or deleted (kept, marked)
  is_redirect INTEGER NOT NULL CHECK (is_redirect IN (0, 1)), -- 1 when the current text is a redirect
  redirect_to TEXT, -- where it leads: full title with #fragment
  content_model TEXT NOT NULL, -- wikitext, json, css, …
  latest_rev_id INTEGER NOT NULL, -- current revision as the wiki names it (neither the highest id nor the newest time)
  length INTEGER NOT NULL, -- bytes of the current text
  protection TEXT, -- JSON list of the protections in force; NULL where only a dump is known, which does not say
  text TEXT, -- current wikitext in plain, to read it with any tool
  derived_rev_id INTEGER, -- last revision whose items stand in the history tables
  first_seen_at TEXT NOT NULL, -- when a run first saw the page
  last_seen_at TEXT NOT NULL, -- when a run last read it from the wiki
  deleted_at TEXT -- when the wiki deleted it, or when its absence was noticed
) STRICT;
CREATE INDEX pages_by_title ON pages (title);

CREATE TABLE texts ( -- each distinct text once, compressed
  text_id INTEGER PRIMARY KEY, -- number of the text
  sha1 TEXT NOT NULL UNIQUE, -- hex digest of the exact bytes
  length INTEGER NOT NULL, -- bytes before compression
  encoding TEXT NOT NULL CHECK (encoding IN ('plain', 'zstd', 'zstd-delta')), -- how data is to be read: plain, zstd, or zstd-delta with base_id as prefix
  base_id INTEGER REFERENCES texts (text_id), -- for zstd-delta: the text that serves as its prefix
  chain_length INTEGER NOT NULL, -- bytes to decompress before this text can be read, itself included
  chain_depth INTEGER NOT NULL, -- number of texts under this one in its chain
  data BLOB NOT NULL -- the text, UTF-8, encoded as said
) STRICT;

CREATE TABLE revisions ( -- every revision of every page
  rev_id INTEGER PRIMARY KEY, -- the wiki's revision id
  page_id INTEGER NOT NULL REFERENCES pages (page_id), -- the page it belongs to today
  parent_id INTEGER, -- the revision it was made from; NULL for a first one
  timestamp TEXT NOT NULL, -- when it was made (ISO 8601 UTC)
  user TEXT, -- name, or IP or temporary name of an unregistered editor; NULL when hidden
  user_id INTEGER, -- 0 for unregistered editors; NULL when hidden
  comment TEXT, -- edit summary; NULL when hidden
  minor INTEGER NOT NULL CHECK (minor IN (0, 1)), -- 1 for an edit marked as minor
  size INTEGER NOT NULL, -- bytes as the wiki states them
  sha1 TEXT, -- hex digest of the main slot's exact bytes as the wiki has them; NULL when hidden
  content_model TEXT NOT NULL, -- model of the main slot
  tags TEXT NOT NULL, -- JSON list of change tags, sorted
  text_state TEXT NOT NULL CHECK (text_state IN ('present', 'hidden', 'missing')), -- present; hidden: by the wiki; missing: the wiki has lost it
  user_hidden INTEGER NOT NULL CHECK (user_hidden IN (0, 1)), -- 1 when the wiki hides who made it
  comment_hidden INTEGER NOT NULL CHECK (comment_hidden IN (0, 1)), -- 1 when the wiki hides the summary
  state TEXT NOT NULL CHECK (state IN ('live', 'archived', 'gone')), -- live; archived: deleted with its page; gone: the wiki has no such id any more
  text_id INTEGER REFERENCES texts (text_id), -- its text; NULL unless present
  observed_at TEXT NOT NULL -- when a run first saw it
) STRICT;
CREATE INDEX revisions_by_page ON revisions (page_id, timestamp, rev_id);
CREATE INDEX revisions_by_time ON revisions (timestamp);
CREATE INDEX revisions_by_text ON revisions (text_id);

CREATE TABLE log_events ( -- the wiki's log
  log_id INTEGER PRIMARY KEY, -- the wiki's log id
  type TEXT NOT NULL, -- move, delete, protect, import, …
  action TEXT NOT NULL, -- move_redir, restore, …
  timestamp TEXT NOT NULL, -- when it happened
  user TEXT, -- who did it; NULL when hidden
  title TEXT, -- the page's full title at that time; NULL when hidden
  page_id INTEGER, -- the page's id as logged; NULL when the log has none
  params TEXT NOT NULL, -- JSON of the entry's details
  comment TEXT -- reason given; NULL when hidden
) STRICT;

CREATE TABLE infobox_history ( -- infobox fields over time
  page_id INTEGER NOT NULL REFERENCES pages (page_id), -- the page
  infobox TEXT NOT NULL, -- name of the infobox
  instance INTEGER NOT NULL, -- 1 for the first box of this name on the page
  field TEXT NOT NULL, -- field name
  value TEXT NOT NULL, -- what a reader sees
  raw TEXT NOT NULL, -- wikitext as written
  value_type TEXT, -- date, year, number, money, url or page, where the value reads as one
  value_norm TEXT, -- that reading in standard form, such as 2021-11-01
{INTERVAL}
) STRICT;

CREATE TABLE section_history ( -- sections over time
  page_id INTEGER NOT NULL REFERENCES pages (page_id), -- the page
  position INTEGER NOT NULL, -- 0 is the lead, then in order
  level INTEGER NOT NULL, -- 1 to 6; 0 for the lead
  title TEXT NOT NULL, -- heading as a reader sees it
  anchor TEXT NOT NULL, -- what follows # in its address
  path TEXT NOT NULL, -- titles from the outermost section, joined by " / "
  text TEXT NOT NULL, -- what a reader sees, without heading and subsections
{INTERVAL}
) STRICT;

CREATE TABLE link_history ( -- links over time
  page_id INTEGER NOT NULL REFERENCES pages (page_id), -- the page
  kind TEXT NOT NULL, -- internal, external, file or interwiki
  target TEXT, -- full title with #fragment, of internal, file and interwiki links
  url TEXT, -- address as written, of external links
  host TEXT, -- host of the address in lower case
  label TEXT NOT NULL, -- what a reader sees
  path TEXT NOT NULL, -- section that holds it
  conditional INTEGER NOT NULL CHECK (conditional IN (0, 1)), -- 1 inside {{{{#if…}}}} and the like: may not be on the page
  occurrence INTEGER NOT NULL, -- 2 for the second of several equal links
{INTERVAL}
) STRICT;

CREATE TABLE category_history ( -- categories over time
  page_id INTEGER NOT NULL REFERENCES pages (page_id), -- the page
  name TEXT NOT NULL, -- category without prefix
  sort_key TEXT, -- sort key as written
  conditional INTEGER NOT NULL CHECK (conditional IN (0, 1)), -- 1 inside {{{{#if…}}}} and the like
{INTERVAL}
) STRICT;

CREATE TABLE paper_history ( -- council papers over time
  page_id INTEGER NOT NULL REFERENCES pages (page_id), -- the page
  number TEXT, -- paper number such as B/16/5505-01
  url TEXT, -- its address as written
  key_name TEXT, -- name of the part of the address that identifies it, such as VOLFDNR
  key_value TEXT, -- value of that part
  path TEXT NOT NULL, -- section that cites it
  occurrence INTEGER NOT NULL, -- 2 for the second equal citation
{INTERVAL}
) STRICT;

CREATE TABLE template_history ( -- template uses over time
  page_id INTEGER NOT NULL REFERENCES pages (page_id), -- the page
  name TEXT NOT NULL, -- normalised name
  instance INTEGER NOT NULL, -- 1 for the first use of this name on the page
  params TEXT NOT NULL, -- JSON list of [name, raw]
{INTERVAL}
) STRICT;

CREATE TABLE runs ( -- one execution of a job
  run_id INTEGER PRIMARY KEY, -- number of the run
  job TEXT NOT NULL, -- sync, import, run, report, …
  started_at TEXT NOT NULL, -- when it began
  finished_at TEXT, -- when it ended; NULL while it runs or when it was killed
  status TEXT NOT NULL CHECK (status IN ('running', 'ok', 'failed', 'interrupted')), -- running, ok, failed or interrupted
  requests INTEGER NOT NULL, -- HTTP requests made
  bytes INTEGER NOT NULL, -- bytes received, as transferred
  counts TEXT NOT NULL, -- JSON: pages_seen, revisions_new, pages_changed, changes, warnings, seconds waited, …
  error TEXT -- the sentence that was shown when it failed
) STRICT;

CREATE TABLE bulk_changes ( -- rewrite rules that explain the same change on many pages
  bulk_id INTEGER PRIMARY KEY, -- number of the bulk change
  kind TEXT NOT NULL, -- kind of its members: link, infobox, section, …
  rule TEXT NOT NULL, -- the rule in one readable line
  pattern_before TEXT NOT NULL, -- literal text with {{name}} for each preserved variable
  pattern_after TEXT NOT NULL, -- the same after the change
  first_at TEXT NOT NULL, -- time of the first member
  last_at TEXT NOT NULL, -- time of the last member
  pages INTEGER NOT NULL, -- pages with members
  occurrences INTEGER NOT NULL, -- number of members
  exceptions TEXT NOT NULL, -- JSON list: applied, but the key was altered (title, rev_id, before, after)
  stragglers TEXT NOT NULL, -- JSON list: still on the old pattern now (title, rev_id, before)
  regressions TEXT NOT NULL -- JSON list: the old pattern came back later (title, rev_id, before, after)
) STRICT;

CREATE TABLE changes ( -- what was observed: differences between neighbouring revisions, and page events
  change_id INTEGER PRIMARY KEY, -- number of the change
  run_id INTEGER NOT NULL REFERENCES runs (run_id), -- the run that observed it
  page_id INTEGER, -- the page; NULL when a log entry names none that was ever seen
  title TEXT NOT NULL, -- the page's title when it was observed
  rev_from INTEGER, -- revision before; NULL for a creation
  rev_to INTEGER, -- revision after; NULL for an event that makes none
  timestamp TEXT NOT NULL, -- when it was made on the wiki
  user TEXT, -- who made it; NULL when hidden
  comment TEXT, -- edit summary or reason
  observed_at TEXT NOT NULL, -- when the run saw it
  kind TEXT NOT NULL, -- page, infobox, section, link, category, template, file, redirect, paper or text
  action TEXT NOT NULL, -- added, removed, changed, moved, renamed; of pages created, deleted, restored, moved, protected
  path TEXT NOT NULL, -- where: Konzeption/Zuständigkeit, section titles joined by " / ", or empty
  label TEXT, -- of a link: the text that a reader sees
  before TEXT, -- what stood there; NULL where there was nothing; wikitext where only that differs (cosmetic ones)
  after TEXT, -- what stands there now; NULL where there is nothing
  significance TEXT NOT NULL CHECK (significance IN ('substantive', 'cosmetic')), -- substantive, or cosmetic: a reader sees no difference in content
  noise_reason TEXT, -- of cosmetic ones: whitespace, markup, order, case, typography, …
  bulk_id INTEGER REFERENCES bulk_changes (bulk_id) ON DELETE SET NULL -- the bulk change that it belongs to
) STRICT;
CREATE INDEX changes_by_time ON changes (timestamp);
CREATE INDEX changes_by_page ON changes (page_id, rev_to);
CREATE INDEX changes_by_bulk ON changes (bulk_id) WHERE bulk_id IS NOT NULL;

CREATE TABLE diagnostics ( -- what could not be read as it was probably meant, in the current text of each page
  page_id INTEGER NOT NULL REFERENCES pages (page_id), -- the page
  rev_id INTEGER NOT NULL, -- the revision that was read
  code TEXT NOT NULL, -- stable code such as unclosed-template
  message TEXT NOT NULL, -- the same for people
  span TEXT -- JSON [start, end] in characters of the text
) STRICT;
CREATE INDEX diagnostics_by_page ON diagnostics (page_id);

CREATE TABLE sync_state ( -- where the mirror stands: committed with each batch, so that a cut run resumes
  key TEXT PRIMARY KEY, -- name of the setting
  value TEXT NOT NULL -- its value as JSON
) STRICT;
"""

HISTORY_TABLES = ("infobox", "section", "link", "category", "paper", "template")

HISTORY_INDEXES = "".join(
    f"""
CREATE INDEX {name}_history_by_page ON {name}_history (page_id, from_rev);
CREATE INDEX {name}_history_current ON {name}_history (page_id) WHERE to_rev IS NULL;
"""
    for name in HISTORY_TABLES
)

VIEWS = """
CREATE VIEW infobox AS -- fields that stand now, one row a field
SELECT p.page_id, p.title, h.infobox, h.instance, h.field, h.value, h.raw, h.value_type, h.value_norm,
       h.from_rev, h.valid_from
FROM infobox_history h JOIN pages p USING (page_id) WHERE h.to_rev IS NULL;

CREATE VIEW links AS -- links that stand now
SELECT p.page_id, p.title, h.kind, h.target, h.url, h.host, h.label, h.path, h.conditional, h.from_rev, h.valid_from
FROM link_history h JOIN pages p USING (page_id) WHERE h.to_rev IS NULL;

CREATE VIEW sections AS -- sections that stand now
SELECT p.page_id, p.title AS page, h.position, h.level, h.title, h.anchor, h.path, h.text, h.from_rev, h.valid_from
FROM section_history h JOIN pages p USING (page_id) WHERE h.to_rev IS NULL;

CREATE VIEW categories AS -- categories that stand now
SELECT p.page_id, p.title, h.name, h.sort_key, h.conditional, h.from_rev, h.valid_from
FROM category_history h JOIN pages p USING (page_id) WHERE h.to_rev IS NULL;

CREATE VIEW papers AS -- council papers that are cited now
SELECT p.page_id, p.title, h.number, h.url, h.key_name, h.key_value, h.path, h.from_rev, h.valid_from
FROM paper_history h JOIN pages p USING (page_id) WHERE h.to_rev IS NULL;

CREATE VIEW page_summary AS -- one row a page: how often, since when and by whom it was edited, and what it holds
SELECT p.page_id, p.namespace, p.title, p.state, p.is_redirect, p.length,
       (SELECT count(*) FROM revisions r WHERE r.page_id = p.page_id) AS revisions,
       (SELECT count(DISTINCT r.user) FROM revisions r WHERE r.page_id = p.page_id) AS editors,
       (SELECT min(r.timestamp) FROM revisions r WHERE r.page_id = p.page_id) AS created_at,
       (SELECT max(r.timestamp) FROM revisions r WHERE r.page_id = p.page_id) AS edited_at,
       (SELECT count(*) FROM links l WHERE l.page_id = p.page_id) AS links,
       (SELECT count(*) FROM papers c WHERE c.page_id = p.page_id) AS papers,
       (SELECT count(*) FROM changes c WHERE c.page_id = p.page_id AND c.significance = 'substantive') AS changes,
       (SELECT count(*) FROM diagnostics d WHERE d.page_id = p.page_id) AS diagnostics
FROM pages p;
"""
