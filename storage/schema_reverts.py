"""The view of edits that brought back an earlier text, as SQL."""

from __future__ import annotations

from storage.schema_items import string_sql
from storage.schema_revisions import LIVE
from storage.times import time_sql

# How many revisions an edit's text is looked for in, before the one that it was made from: MediaWiki's own number for
# the tag mw-manual-revert (Manual:$wgManualRevertSearchRadius).
SEARCH_RADIUS = 15


def _live(alias: str) -> str:
    return LIVE.replace("flags", f"{alias}.flags")


_BETWEEN = f"{_live('u')} AND (u.time, u.rev_id) > (o.time, o.rev_id) AND (u.time, u.rev_id) < (r.time, r.rev_id)"

REVERTS_VIEW = f"""
CREATE VIEW reverts AS -- edits that brought back the exact text of one of the {SEARCH_RADIUS} revisions before the last, by whatever means (rollback, undo, by hand: MediaWiki's mw-manual-revert); of several it is the latest; an edit that left the text as it was is none
SELECT
  r.rev_id AS rev_id, -- the edit: changes.rev_to
  r.page_id AS page_id, -- the page
  p.title AS title, -- its title now
  {time_sql("r.time")} AS timestamp, -- when it was made
  {string_sql("r.user")} AS user, -- who made it; NULL when hidden
  o.rev_id AS reverted_to, -- the revision that has the same text
  {time_sql("o.time")} AS reverted_to_timestamp, -- when that was made
  {string_sql("o.user")} AS reverted_to_user, -- who made that; NULL when hidden
  (SELECT count(*) FROM revision_rows u WHERE u.page_id = r.page_id AND {_BETWEEN}) AS undone -- how many revisions stand between the two
FROM revision_rows r JOIN page_rows p USING (page_id) JOIN revision_rows o ON o.rev_id = (
  SELECT e.rev_id FROM (
    SELECT w.rev_id, w.text_id, w.time FROM revision_rows w
    WHERE w.page_id = r.page_id AND {_live("w")} AND (w.time, w.rev_id) < (r.time, r.rev_id)
    ORDER BY w.time DESC, w.rev_id DESC LIMIT {SEARCH_RADIUS + 1}
  ) e WHERE e.text_id = r.text_id ORDER BY e.time DESC, e.rev_id DESC LIMIT 1
)
WHERE {_live("r")} AND EXISTS (
  SELECT 1 FROM revision_rows u WHERE u.page_id = r.page_id AND {_BETWEEN}
);
"""
