"""The tables of the database as SQL, each column explained where it stands.

The comments are part of what SQLite stores (``sqlite_schema.sql``): an analyst sees them with ``.schema``, and
``docs/schema.md`` is made from them. One rule of form follows: one column a line, its comment behind it.
"""

from __future__ import annotations

TABLES = """
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
  pattern_before TEXT NOT NULL, -- literal text with {name} for each preserved variable
  pattern_after TEXT NOT NULL, -- the same after the change
  first_at TEXT NOT NULL, -- time of the first member
  last_at TEXT NOT NULL, -- time of the last member
  pages INTEGER NOT NULL, -- pages with members
  occurrences INTEGER NOT NULL, -- number of members
  exceptions TEXT NOT NULL, -- JSON list: applied, but the key was altered (title, rev_id, before, after)
  stragglers TEXT NOT NULL, -- JSON list: still on the old pattern now (title, rev_id, before)
  regressions TEXT NOT NULL -- JSON list: the old pattern came back later (title, rev_id, before, after)
) STRICT;

CREATE TABLE diagnostics ( -- what could not be read as it was probably meant, in the current text of each page
  page_id INTEGER NOT NULL REFERENCES page_rows (page_id), -- the page
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
       (SELECT count(*) FROM revision_rows r WHERE r.page_id = p.page_id) AS revisions,
       (SELECT count(DISTINCT r.user) FROM revisions r WHERE r.page_id = p.page_id) AS editors,
       (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', min(r.time), 'unixepoch') FROM revision_rows r WHERE r.page_id = p.page_id) AS created_at,
       (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(r.time), 'unixepoch') FROM revision_rows r WHERE r.page_id = p.page_id) AS edited_at,
       (SELECT count(*) FROM links l WHERE l.page_id = p.page_id) AS links,
       (SELECT count(*) FROM papers c WHERE c.page_id = p.page_id) AS papers,
       (SELECT coalesce(sum(s.last_change_id - s.step_id + 1), 0) FROM change_steps s WHERE s.page_id = p.page_id) -
         (SELECT count(*) FROM changes c WHERE c.page_id = p.page_id AND c.significance = 'cosmetic') AS changes,
       (SELECT count(*) FROM diagnostics d WHERE d.page_id = p.page_id) AS diagnostics
FROM pages p;
"""
