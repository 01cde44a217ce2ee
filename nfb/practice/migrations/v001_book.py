"""The first client book."""

from sqlalchemy import Connection, text

from nfb.practice.migrations.ddl import create_record_table, forbid


def upgrade(connection: Connection) -> None:
    def table(name: str, columns: str, owner: str = "client") -> None:
        create_record_table(connection, name, columns, owner)

    table("client", "code text unique, flags text, flag_note text, handedness text, since text?", owner="")
    table("safety_contact", "responsible text, crisis_text text, emergency_numbers text", owner="")
    table("identity", "name text, birth_date text?, contact text", owner="single")
    table(
        "consent",
        "text_version text, given text, scopes text, taken_by text, guardian text, withdrawn text?, note text",
    )
    table(
        "plan",
        "protocol_id text, protocol_version int, runs int, run_s real, rest_s real, client_ends_break bool, "
        "target real, comfort text, feedback text, sound text, volume real, sessions int, review_at int, note text",
        owner="single",
    )
    table("goal", "text text, set_on text, reached_on text?")
    table(
        "own_symptom",
        "label text, low_word text, high_word text, more_is_worse bool, good_week real?, usual_week real?, "
        "hard_week real?, active bool",
    )
    table(
        "rating",
        "item text, value real, measure text, moment text, taken text, visit int?, symptom_id int? -> own_symptom, "
        "by_client bool",
    )
    table(
        "scale_result",
        "scale text, taken text, answers text, total real?, imputed int, band text, safety_answer int?, "
        "wording text, place text, visit int?, retracted text",
    )
    table(
        "treatment_event",
        "treatment text, name text, step text, day text, at_time text?, dose text, source text, note text",
    )
    table(
        "adverse_effect",
        "effect text, severity int, taken text, moment text, relation text, action text, note text, visit int?",
    )
    table(
        "session",
        "number int, folder text, started text, protocol_id text, protocol_version int, device text, "
        "trained_s real, total_s real, summary text",
    )
    table("note", "text text, author text, written text, visit int?, state text, signed_by text, signed text?")
    table("amendment", "note_id int -> note, text text, author text, written text")
    table("intake", "taken text, answers text, confirmed text, confirmed_by text, reason text")
    table("acknowledgement", "about text, who text, what text, at text")
    _audit(connection)
    forbid(connection, "note", "UPDATE", "OLD.state = 'signed'", "a signed note stays as it is")


def _audit(connection: Connection) -> None:
    connection.execute(
        text(
            "CREATE TABLE audit (seq BIGINT PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, "
            "client_code TEXT NOT NULL, detail_digest TEXT NOT NULL, hash TEXT NOT NULL)"
        )
    )
    connection.execute(text("CREATE INDEX audit_by_client ON audit (client_code)"))
    # Apart from the chain, so that erasing a client can delete what was written and keep that it was written.
    connection.execute(
        text(
            "CREATE TABLE audit_detail (seq BIGINT PRIMARY KEY REFERENCES audit (seq), salt TEXT NOT NULL, "
            "detail TEXT NOT NULL)"
        )
    )
    for deed in ("UPDATE", "DELETE"):
        forbid(connection, "audit", deed, "OLD.seq >= 0", "the audit trail is append-only")
