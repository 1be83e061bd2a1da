"""The only place that knows SQL: schema, migrations, writer, queries, views."""
