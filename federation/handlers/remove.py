"""Remove: somebody no longer pins a message, or a directory no longer lists somebody, or says that they wait."""
from __future__ import annotations

from federation import listing_news, waiting_lists
from federation.handlers.add import is_featured
from federation.incoming import Incoming
from models import Pin


async def receive(incoming: Incoming) -> None:
    """Take it from the top of their page; the message itself stays."""
    if listing_news.is_between(incoming):
        await listing_news.remove(incoming)
    elif waiting_lists.is_between(incoming):
        await waiting_lists.remove(incoming)
    elif is_featured(incoming) and incoming.activity.object_id:
        await Pin.filter(actor_id=incoming.sender.id, post__uri=incoming.activity.object_id).delete()
