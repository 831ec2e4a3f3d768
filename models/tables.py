"""The tables of one moment in the history of migrations, and making those of today at once.

Tortoise rebuilds every model that is near after each operation. Nobody queries through these models, and few operations look
at them, so here they are built late, or once.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import RunSQL
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps


class Tables(StateApps):
    """The models of one moment, without what queries need: migrations fill in data by SQL."""

    def _build_initial_querysets(self) -> None:
        return


class Past(State):
    """How the tables were before an operation. Building the models is slow, so it is left to the few that look."""

    def __init__(self, models: dict[tuple[str, str], ModelState], apps: StateApps) -> None:
        self.models, self._after = models, apps

    @cached_property
    def apps(self) -> StateApps:  # type: ignore[override]
        """The models, built now."""
        return self._after.clone(model_states=self.models)


class Moment(State):
    """How the tables are between two operations."""

    is_sketch = False

    @classmethod
    def empty(cls, connection: BaseDBAsyncClient | None = None, app: str = "models") -> Moment:
        """No tables yet."""
        return cls(models={}, apps=Tables(default_connections={app: connection.connection_name} if connection else None))

    def clone(self) -> State:
        """What an operation is told of the time before it."""
        return Past({key: model.clone() for key, model in self.models.items()}, self.apps)

    async def follow(self, migrations: Iterable[Migration]) -> None:
        """Become what these migrations make of it, without touching a database; models are built once, at the end."""
        self.is_sketch = True
        for migration in migrations:
            await migration.apply(self, dry_run=True)
        self.is_sketch = False
        self._reload(set(self.models))

    def _reload(self, models_to_reload: set[tuple[str, str]]) -> None:
        if not self.is_sketch:
            super()._reload(models_to_reload)

    def _find_related_models(self, app_label: str, model_name: str) -> set[tuple[str, str]]:
        return set() if self.is_sketch else super()._find_related_models(app_label, model_name)


async def make_all(state: Moment, editor: BaseSchemaEditor, migrations: Sequence[Migration]) -> None:
    """Make the tables of `state` in an empty database, and run what the migrations say in SQL (indexes, triggers).

    A test compares the result with that of the migrations one after the other.
    """
    for key in in_order(state):
        await editor.create_model(state.apps.get_model(".".join(key)))
    for migration in migrations:
        for operation in migration.operations:
            if isinstance(operation, RunSQL):
                await operation.database_forward(migration.app_label, state, state, editor)


def in_order(state: Moment) -> list[tuple[str, str]]:
    """The models, each after those that it points to."""
    ordered: list[tuple[str, str]] = []

    def place(key: tuple[str, str], above: frozenset[tuple[str, str]]) -> None:
        if key in ordered or key in above:
            return
        for field in state.models[key].fields.values():
            if target := getattr(field, "model_name", None):
                app, _, name = str(target).rpartition(".")
                place((app, name), above | {key})
        ordered.append(key)

    for key in sorted(state.models):
        place(key, frozenset())
    return ordered
