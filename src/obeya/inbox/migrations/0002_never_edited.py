"""What arrived is never edited or removed."""

from django.db import migrations

SQL = """
CREATE FUNCTION inbox_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a signal is kept as it arrived: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER inbox_signal_as_it_arrived
    BEFORE UPDATE OF id, site_id, source, natural_key, content_type, headers, body, size, occurred_at,
    received_at, correlation ON inbox_signal FOR EACH ROW EXECUTE FUNCTION inbox_refuse_change();
CREATE TRIGGER inbox_signal_kept BEFORE DELETE ON inbox_signal
    FOR EACH ROW EXECUTE FUNCTION inbox_refuse_change();
"""
UNDO = """
DROP TRIGGER inbox_signal_as_it_arrived ON inbox_signal;
DROP TRIGGER inbox_signal_kept ON inbox_signal;
DROP FUNCTION inbox_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_signals")]
    operations = [migrations.RunSQL(SQL, UNDO)]
