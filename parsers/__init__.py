"""The functional core: wikitext to records, records to changes, changes to bulk changes. No I/O."""
