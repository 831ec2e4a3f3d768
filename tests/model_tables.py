"""What the database library works out of the models whenever a database is opened, worked out once for each kind of database.

It takes 20 ms, a server that starts opens its database twice, and a run of all tests does so thousands of times.
"""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tortoise.apps import Apps
from tortoise.models import Model

#: What `Apps._build_initial_querysets` leaves in a model's `_meta` that depends on the kind of database.
BY_KIND = ("filters", "db_native_fields", "db_default_fields", "db_complex_fields", "basetable", "basequery",
           "basequery_all_fields")
build: Any = Apps._build_initial_querysets


class ModelTables:
    """Stands in for `Apps._build_initial_querysets`. Connections are named by kind: see `models.database.config`."""

    def __init__(self) -> None:
        self._built: dict[tuple[type[Model], str], dict[str, Any]] = {}

    def put(self, apps: Apps) -> None:
        """Give every model what belongs to the kind of its connection. Models of migrations live shortly, and get their own."""
        if type(apps) is not Apps:
            build(apps)
            return
        for label, named in apps.apps.items():
            for name, model in named.items():
                key = (model, str(model._meta.default_connection))
                if key not in self._built:
                    self._built[key] = self._build(label, name, model)
                for attribute, value in self._built[key].items():
                    setattr(model._meta, attribute, value)

    @staticmethod
    def _build(label: str, name: str, model: type[Model]) -> dict[str, Any]:
        meta: Any = model._meta
        meta.filters = {}  # those of the other kind are kept as they are
        meta.db_native_fields, meta.db_default_fields, meta.db_complex_fields = [], [], []
        build(SimpleNamespace(apps={label: {name: model}}))
        return {attribute: getattr(meta, attribute) for attribute in BY_KIND}
