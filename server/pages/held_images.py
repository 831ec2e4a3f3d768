"""Pictures that wait for a look of the team, and which pictures do. Opening one stands in the log that its sender reads."""
from __future__ import annotations

from aiohttp import web

from models import Attachment, Community, Post, Review
from models.community import ImageReview
from models.errors import NotHere
from models.review import ReviewState
from server.actions import community, looks, reviews
from server.appearance import render
from server.display import cards
from server.doors import see
from server.errors import BadRequest
from server.keys import COMMUNITY, FORM, LANGUAGE, MEDIA, MEMBER
from server.views import Option
from server.words.language import Words, gettext_for

HERE = "/admin/images"


async def show(request: web.Request) -> web.Response:
    """GET /admin/images/{key}: the pictures of one message that waits, folded and without colours until they are opened."""
    post = await Post.get_or_none(key=request.match_info["key"], deleted_at__isnull=True).select_related("author")
    review = await Review.get_or_none(post_id=post.id, state=ReviewState.WAITING) if post else None
    if post is None or review is None or post.author_id == request[MEMBER].actor_id:
        raise NotHere("no message that waits")
    images = await Attachment.filter(post_id=post.id, stored_at__isnull=False).order_by("position", "id")
    await looks.note(request[MEMBER].actor, [post.author_id], "image.list")
    [person] = await cards.people([post.author])
    return render.page(request, "admin_images.html", here="reviews", person=person, number=review.id,
                       version=(await reviews.versions([post]))[post.id], cause=str(review.cause),
                       pictures=[(image.key, cards.image_view(image), image.doubted_at is not None) for image in images])


async def show_rule(request: web.Request) -> web.Response:
    """GET /admin/images: which pictures wait."""
    row, _ = await Community.current(), gettext_for(request[LANGUAGE])
    return render.page(request, "admin_images_rule.html", here="reviews", choices=_choices(row.image_review, _),
                       has_scanner=request.app[MEDIA].scanner.is_on, saved="saved" in request.query)


async def save_rule(request: web.Request) -> web.Response:
    """POST /admin/images: what is chosen counts from the next message on."""
    chosen = request[FORM].text("images", 16)
    if chosen not in set(ImageReview):
        raise BadRequest("images")
    await community.change(request[MEMBER].actor, f"community.images.{chosen}", image_review=ImageReview(chosen))
    await request.app[COMMUNITY].load()
    return see(f"{HERE}?saved=1")


def _choices(now: ImageReview, _: Words) -> tuple[Option, ...]:
    titles = {
        ImageReview.NEVER: (_("None"), _("Pictures of which a scanner was not sure wait all the same.")),
        ImageReview.BODIES: (_("Of somebody’s body, or of a patient"),
                             _("As the writer says, or with the note “Medical image”.")),
        ImageReview.CASES: (_("These, and all those of verified health professionals"), _("Where professionals show cases.")),
        ImageReview.NEWCOMERS: (_("These, and all those of newcomers"), ""),
        ImageReview.ALL: (_("All"), _("Safest, and the most work."))}
    return tuple(Option(value=choice, title=title, hint=hint, checked=choice is now) for choice, (title, hint) in titles.items())
