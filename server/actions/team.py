"""Who of the team may decide about whom."""
from __future__ import annotations

from models import Member
from models.member import Role
from server.errors import StaffOnly


def check_may_decide(by: Member, member: Member) -> None:
    """Moderators decide about members; about people of the team only hosts do. Raises StaffOnly."""
    if by.role is not Role.HOST and member.role.is_staff:
        raise StaffOnly("team")
