"""Everything that hangs on the application or the request, with its type."""
import asyncio

from aiohttp import web
from tortoise.context import TortoiseContext

from federation.instance import Instance
from models import AccessToken, Guardianship, Member, Session
from models.catalogue.catalogue import Catalogue
from server.appearance.theme import Theme
from server.background.mail import PostOffice
from server.background.readiness import Readiness
from server.background.relay import Relay
from server.background.timekeeping import Timekeeper
from server.community.home import Home
from server.entrance.forms import Form
from server.entrance.limits import Allowance, Limits
from server.entrance.precedence import Precedence
from server.members.likeness import Likeness
from server.members.passwords import Passwords
from server.pictures.media import MediaStore
from server.settings import Settings
from server.streams.listeners import Listeners
from server.views import MeView

SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", TortoiseContext)
THEME = web.AppKey("theme", Theme)
COMMUNITY = web.AppKey("community", Home)
READINESS = web.AppKey("readiness", Readiness)
TIMEKEEPER = web.AppKey("timekeeper", Timekeeper)
INSTANCE = web.AppKey("instance", Instance)
LIMITS = web.AppKey("limits", Limits)
MEDIA = web.AppKey("media", MediaStore)
CATALOGUE = web.AppKey("catalogue", Catalogue)  # of conditions and signs
LIKENESS = web.AppKey("likeness", Likeness)
PASSWORDS = web.AppKey("passwords", Passwords)
MAIL = web.AppKey("mail", PostOffice)
PRECEDENCE = web.AppKey("precedence", Precedence)
RELAY = web.AppKey("relay", Relay)  # absent where this process is its own inbox
LISTENERS = web.AppKey("listeners", Listeners)  # apps that wait for news

EXCHANGE = web.RequestKey("exchange", asyncio.Timeout)  # the time that is left for it
LANGUAGE = web.RequestKey("language", str)
MEMBER = web.RequestKey("member", Member)  # with its actor; absent when nobody is signed in
GUARDIAN = web.RequestKey("guardian", Member)  # who acts for MEMBER in this browser; absent for those who act for themselves
TIE = web.RequestKey("tie", Guardianship)  # how far they may
SESSION = web.RequestKey("session", Session)
ME = web.RequestKey("me", MeView)
TOKEN = web.RequestKey("token", AccessToken)  # an app's, with its app and member
ALLOWANCE = web.RequestKey("allowance", Allowance)  # what is left of a rate limit
CSRF = web.RequestKey("csrf", str)
FORM = web.RequestKey("form", Form)  # of a POST
PEER = web.RequestKey("peer", str)  # the host that signed, proven; absent when nobody did
