from django.db import migrations

FROZEN = """
CREATE FUNCTION questions_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.frozen_at IS NOT NULL THEN
    RAISE EXCEPTION 'a frozen version of a questionnaire does not change'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER questions_keep_frozen BEFORE UPDATE OR DELETE ON questions_version
  FOR EACH ROW EXECUTE FUNCTION questions_keep_frozen();
"""
THAWED = """
DROP TRIGGER questions_keep_frozen ON questions_version;
DROP FUNCTION questions_keep_frozen();
"""


class Migration(migrations.Migration):
    """What people have answered cannot be reworded under them, not even by whoever writes to the database."""

    dependencies = [("questions", "0001_questions")]
    operations = [migrations.RunSQL(FROZEN, THAWED)]
