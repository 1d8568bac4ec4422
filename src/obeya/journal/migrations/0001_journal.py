"""The event log, its chain, and the refusal of any change."""

from django.db import migrations

SQL = """
CREATE TABLE journal_event (
    id uuid PRIMARY KEY,
    pos bigint GENERATED ALWAYS AS IDENTITY,
    type text NOT NULL,
    version smallint NOT NULL,
    site text NOT NULL,
    subject text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    source text NOT NULL,
    actor text NOT NULL,
    correlation uuid NOT NULL,
    causation uuid,
    signal uuid,
    data jsonb NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32)
);
CREATE INDEX journal_event_correlation ON journal_event (correlation, pos);
CREATE INDEX journal_event_subject ON journal_event (subject, pos);

CREATE TABLE journal_pending (pos bigint NOT NULL, event_id uuid NOT NULL, jobs jsonb);
ALTER TABLE journal_pending SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

CREATE TABLE journal_seal (
    position bigint PRIMARY KEY,
    site text NOT NULL,
    sequence bigint NOT NULL,
    event_id uuid NOT NULL UNIQUE,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    UNIQUE (site, sequence)
);

CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_event
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_seal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

UNDO = """
DROP TABLE journal_seal;
DROP TABLE journal_pending;
DROP TABLE journal_event;
DROP FUNCTION journal_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("procrastinate", "0041_post_retry_failed_job")]
    operations = [migrations.RunSQL(SQL, UNDO)]
