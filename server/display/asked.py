"""How it stands with what a reader asked authors of other servers to let them do with messages (`models.approval`)."""
from __future__ import annotations

from collections.abc import Sequence

from models import Approval, Post
from models.post import AskedState
from models.stamp import StampKind
from server.views import Asked


async def of_posts(posts: Sequence[Post], actor_id: int | None) -> dict[int, Asked]:
    """By post id, in one query; in none where nobody has to be asked, as of most messages."""
    ids = [post.id for post in posts if post.asks]
    if not ids or actor_id is None:
        return {}
    wanted = Approval.filter(actor_id=actor_id, post_id__in=ids).exclude(kind=StampKind.REPLY).exclude(state=AskedState.SHOWN)
    states = {(row.post_id, row.kind): row.state.value for row in await wanted}
    return {id_: Asked(states.get((id_, StampKind.LIKE), ""), states.get((id_, StampKind.ANNOUNCE), "")) for id_ in ids}
