"""The tables of the database as SQL, each column explained where it stands.

The comments are part of what SQLite stores (``sqlite_schema.sql``): an analyst sees them with ``.schema``, and
``docs/schema.md`` is made from them. One rule of form follows: one column a line, its comment behind it.
"""

from __future__ import annotations

from storage.times import time_sql


def blank_sql(column: str) -> str:
    """SQL for whether a field's text says nothing: it is empty, or blanks and dashes alone."""
    return f"(trim({column}, ' -–—' || char(9, 10)) = '')"


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

OTHER_DIGESTS = """
CREATE TABLE other_digests ( -- revisions of which the wiki states another SHA-1 than that of the text that it shows
  rev_id INTEGER PRIMARY KEY, -- the revision
  sha1 BLOB NOT NULL -- digest of the text that was taken, since the wiki showed it twice
) STRICT;
"""

LOG_STATES = """
CREATE TABLE log_events_anew ( -- the wiki's log
  log_id INTEGER PRIMARY KEY, -- the wiki's log id
  type TEXT NOT NULL, -- move, delete, protect, import, …
  action TEXT NOT NULL, -- move_redir, restore, …
  timestamp TEXT NOT NULL, -- when it happened
  user TEXT, -- who did it; NULL when hidden
  title TEXT, -- the page's full title at that time; NULL when hidden
  page_id INTEGER, -- the page's id as logged; NULL when the log has none
  params TEXT NOT NULL, -- JSON of the entry's details
  comment TEXT, -- reason given; NULL when hidden
  state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'gone')) -- live; gone: an audit found that the wiki has it no more
) STRICT;
INSERT INTO log_events_anew (log_id, type, action, timestamp, user, title, page_id, params, comment)
SELECT log_id, type, action, timestamp, user, title, page_id, params, comment FROM log_events;
DROP TABLE log_events;
ALTER TABLE log_events_anew RENAME TO log_events;
"""

# An upsert of page_rows overrides what a trigger says of conflicts (SQLite, CREATE TRIGGER), so these avoid them.
BULK_ADDRESSES = """
CREATE TABLE bulk_addresses ( -- of bulk changes of addresses: each old address, and the new one that has its key
  check_id INTEGER PRIMARY KEY, -- in the order of titles
  bulk_id INTEGER NOT NULL REFERENCES bulk_changes (bulk_id) ON DELETE CASCADE, -- the bulk change
  page_id INTEGER NOT NULL, -- the page
  title TEXT NOT NULL, -- its title when it was migrated; of a page that was missed, now
  rev_from INTEGER, -- the revision before the page's first member; NULL for a page that was missed
  rev_to INTEGER NOT NULL, -- the page's last member; of a page that was missed, its newest revision
  verdict TEXT NOT NULL, -- matched; dropped: no new address has the key; altered: another key stands in its place; left: still old; duplicated: no old address, but a key that stands more often than before
  old_key TEXT, -- what stood for the rule's variables in the old address
  new_key TEXT, -- what stands for them in the new one
  before TEXT, -- the old address
  after TEXT, -- the new one; of a dropped one what stands in its place, if anything
  label TEXT, -- of a link: the text that a reader sees
  times INTEGER -- of a duplicated key: how often it stands on the page
) STRICT;
CREATE INDEX bulk_addresses_by_bulk ON bulk_addresses (bulk_id);

CREATE TABLE bulk_signatures ( -- by what changes can come into one rule, so that a search need not read old ones again
  signature INTEGER NOT NULL, -- what changes of one rule have in common, in 32 bits; others may have it, too
  change_id INTEGER NOT NULL, -- the change
  worded INTEGER NOT NULL, -- 1 of words inside texts
  PRIMARY KEY (signature, change_id, worded)
) STRICT, WITHOUT ROWID;

CREATE TABLE bulk_pages ( -- pages that became other ones since bulk changes were last searched
  page_id INTEGER PRIMARY KEY -- the page
) STRICT;

CREATE TRIGGER page_rows_derived AFTER UPDATE OF derived_rev_id ON page_rows
BEGIN
  INSERT INTO bulk_pages SELECT NEW.page_id WHERE NOT EXISTS (SELECT 1 FROM bulk_pages WHERE page_id = NEW.page_id); END;

CREATE TRIGGER page_rows_became AFTER UPDATE OF title, state, latest_rev_id ON page_rows
WHEN (OLD.title, OLD.state, OLD.latest_rev_id) IS NOT (NEW.title, NEW.state, NEW.latest_rev_id)
BEGIN
  INSERT INTO bulk_pages SELECT NEW.page_id WHERE NOT EXISTS (SELECT 1 FROM bulk_pages WHERE page_id = NEW.page_id); END;

CREATE VIEW bulk_verification AS -- bulk changes of addresses: how many old addresses there were, and what became of them
SELECT b.bulk_id, b.rule, sum(a.verdict != 'duplicated') AS addresses, sum(a.verdict = 'matched') AS matched,
       sum(a.verdict = 'dropped') AS dropped, sum(a.verdict = 'altered') AS altered,
       sum(a.verdict = 'duplicated') AS duplicated, sum(a.verdict = 'left') AS still_old
FROM bulk_changes b JOIN bulk_addresses a USING (bulk_id) GROUP BY b.bulk_id;
"""

VIEWS = f"""
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
       (SELECT {time_sql("min(r.time)")} FROM revision_rows r WHERE r.page_id = p.page_id) AS created_at,
       (SELECT {time_sql("max(r.time)")} FROM revision_rows r WHERE r.page_id = p.page_id) AS edited_at,
       (SELECT count(*) FROM links l WHERE l.page_id = p.page_id) AS links,
       (SELECT count(*) FROM papers c WHERE c.page_id = p.page_id) AS papers,
       (SELECT coalesce(sum(s.last_change_id - s.step_id + 1), 0) FROM change_steps s WHERE s.page_id = p.page_id) -
         (SELECT count(*) FROM changes c WHERE c.page_id = p.page_id AND c.significance = 'cosmetic') AS changes,
       (SELECT count(*) FROM diagnostics d WHERE d.page_id = p.page_id) AS diagnostics
FROM pages p;

CREATE VIEW coverage_infoboxes AS -- infoboxes: on how many pages each stands now and ever stood, and since when
SELECT h.infobox AS infobox, count(DISTINCT CASE WHEN h.to_rev IS NULL THEN h.page_id END) AS pages,
       count(DISTINCT h.page_id) AS pages_ever,
       count(DISTINCT CASE WHEN h.to_rev IS NULL THEN h.field END) AS fields,
       count(DISTINCT h.field) AS fields_ever, min(h.valid_from) AS first_at
FROM infobox_history h GROUP BY h.infobox;

CREATE VIEW coverage_fields AS -- infobox fields: on how many pages each is filled now (by more than a dash), since when it is used, and until when; near is a more common name of the same infobox that is spelt nearly so (one letter more, less or other, or up to three at the end; case, blanks and hyphens apart; numbered names are alike on purpose); remark is spelling, one page, rare (at most one page in twenty) or unused
WITH RECURSIVE used AS (
  SELECT infobox, field,
         count(DISTINCT CASE WHEN to_rev IS NULL THEN page_id END) AS pages,
         count(DISTINCT CASE WHEN to_rev IS NULL AND NOT {blank_sql("value")} THEN page_id END) AS filled,
         count(DISTINCT page_id) AS pages_ever, min(valid_from) AS first_at,
         CASE WHEN sum(to_rev IS NULL) = 0 THEN max(valid_to) END AS last_at,
         lower(replace(replace(replace(replace(replace(replace(field, 'Ä', 'ä'), 'Ö', 'ö'), 'Ü', 'ü'), ' ', ''), '-', ''), '_', '')) AS folded
  FROM infobox_history GROUP BY infobox, field
), shortened (infobox, field, variant, at) AS ( -- each name, and each name without one of its letters
  SELECT infobox, field, folded, 0 FROM used
  UNION ALL
  SELECT s.infobox, s.field, s.variant, s.at + 1 FROM shortened s WHERE s.at < length(s.variant) AND s.at < 60
), variants AS (
  SELECT DISTINCT infobox, field,
         CASE at WHEN 0 THEN variant ELSE substr(variant, 1, at - 1) || substr(variant, at + 1) END AS variant
  FROM shortened WHERE at = 0 OR length(variant) >= 5
), alike AS (
  SELECT a.infobox, a.field, b.field AS other FROM variants a JOIN variants b USING (infobox, variant) WHERE a.field != b.field
  UNION
  SELECT a.infobox, a.field, b.field FROM used a JOIN used b ON a.infobox = b.infobox AND a.field != b.field
   AND min(length(a.folded), length(b.folded)) >= 5 AND abs(length(a.folded) - length(b.folded)) <= 3
   AND substr(a.folded, 1, length(b.folded)) = substr(b.folded, 1, length(a.folded))
), neighbours AS (
  SELECT l.infobox, l.field, l.other, max(o.pages_ever) FROM alike l
  JOIN used u ON u.infobox = l.infobox AND u.field = l.field JOIN used o ON o.infobox = l.infobox AND o.field = l.other
  WHERE o.pages_ever > u.pages_ever AND (u.folded = o.folded OR rtrim(u.folded, '0123456789') != rtrim(o.folded, '0123456789'))
  GROUP BY l.infobox, l.field
)
SELECT u.infobox, u.field, b.pages AS boxes, u.pages, u.filled,
       CASE WHEN b.pages THEN round(100.0 * u.filled / b.pages, 1) END AS percent,
       u.pages_ever, u.first_at, u.last_at, n.other AS near,
       CASE WHEN n.other IS NOT NULL THEN 'spelling' WHEN u.pages_ever = 1 AND b.pages_ever > 2 THEN 'one page'
            WHEN u.pages_ever * 20 <= b.pages_ever THEN 'rare' WHEN u.pages = 0 THEN 'unused' END AS remark
FROM used u JOIN coverage_infoboxes b ON b.infobox = u.infobox
LEFT JOIN neighbours n ON n.infobox = u.infobox AND n.field = u.field;

CREATE VIEW coverage_diagnostics AS -- pages of which something could not be read as it was probably meant, one row a page and code; infoboxes is a JSON list of those on the page
SELECT p.page_id, p.title, d.rev_id, d.code, count(*) AS occurrences, min(d.message) AS message,
       (SELECT json_group_array(infobox) FROM
         (SELECT DISTINCT h.infobox AS infobox FROM infobox_history h WHERE h.page_id = p.page_id AND h.to_rev IS NULL ORDER BY 1)) AS infoboxes
FROM diagnostics d JOIN pages p USING (page_id) WHERE p.state = 'live'
GROUP BY p.page_id, d.rev_id, d.code;
"""
