"""Lists in the documents say what the code says."""
from __future__ import annotations

from pathlib import Path

from server.settings import Settings, table

ROOT = Path(__file__).parent.parent


def test_the_table_of_settings_is_up_to_date() -> None:
    """To write it anew: `python -m server.settings > deploy/settings.md`."""
    assert (ROOT / "deploy" / "settings.md").read_text(encoding="utf-8") == table()


def test_every_setting_says_what_it_means() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
        assert "|" not in field.description, name
