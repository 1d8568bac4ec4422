"""The event log, its chain, and the refusal of any change."""

from django.db import migrations

SQL = """
CREATE TABLE journal_event (
    id uuid PRIMARY KEY,
    pos bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
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
CREATE INDEX journal_event_recorded ON journal_event USING brin (recorded_at);

CREATE TABLE journal_unsealed (pos bigint NOT NULL);
ALTER TABLE journal_unsealed SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

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

CREATE FUNCTION journal_queue_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO journal_unsealed (pos) SELECT pos FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER journal_event_queue AFTER INSERT ON journal_event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_queue_for_seal();

CREATE FUNCTION journal_append(events json, jobs json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO journal_event (id, type, version, site, subject, occurred_at, recorded_at, source, actor,
                               correlation, causation, signal, data, digest)
    SELECT e.id, e.type, e.version, e.site, e.subject, e.occurred_at, e.recorded_at, e.source, e.actor,
           e.correlation, e.causation, e.signal, e.data, decode(e.digest, 'hex')
    FROM json_to_recordset(events) AS e (
        id uuid, type text, version smallint, site text, subject text, occurred_at timestamptz,
        recorded_at timestamptz, source text, actor text, correlation uuid, causation uuid, signal uuid,
        data jsonb, digest text);
    IF jobs IS NOT NULL THEN
        PERFORM procrastinate_defer_jobs_v1(ARRAY(
            SELECT ROW(j.queue, j.task, j.priority, j.lock, NULL, j.args, NULL)::procrastinate_job_to_defer_v1
            FROM json_to_recordset(jobs) AS j (queue text, task text, priority int, lock text, args jsonb)));
    END IF;
END $$;
"""

UNDO = """
DROP FUNCTION journal_append(json, json);
DROP TABLE journal_seal;
DROP TABLE journal_unsealed;
DROP TABLE journal_event;
DROP FUNCTION journal_queue_for_seal();
DROP FUNCTION journal_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("procrastinate", "0041_post_retry_failed_job")]
    operations = [migrations.RunSQL(SQL, UNDO)]
