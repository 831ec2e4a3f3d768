"""Hosts of mailboxes that last an hour: those that are met most. Not a catalogue, since new ones come every day."""
from __future__ import annotations

HOSTS = frozenset((
    "10minutemail.com", "10minutemail.net", "20minutemail.com", "burnermail.io", "byom.de", "crazymailing.com",
    "deadaddress.com", "discard.email", "dispostable.com", "dropmail.me", "e4ward.com", "emailondeck.com", "emltmp.com",
    "fakeinbox.com", "fakemail.net", "filzmail.com", "getairmail.com", "getnada.com", "grr.la", "guerrillamail.biz",
    "guerrillamail.com", "guerrillamail.de", "guerrillamail.info", "guerrillamail.net", "guerrillamail.org",
    "guerrillamailblock.com", "harakirimail.com", "incognitomail.org", "inboxkitten.com", "jetable.org", "jetable.net",
    "kasmail.com", "linshiyouxiang.net", "mail-temp.com", "mail-temporaire.fr", "mail.tm", "mail7.io", "mailcatch.com",
    "maildrop.cc", "mailexpire.com", "mailinator.com", "mailinator.net", "mailinator2.com", "mailme.lv", "mailnesia.com",
    "mailnull.com", "mailpoof.com", "mailsac.com", "meltmail.com", "mintemail.com", "moakt.com", "mohmal.com", "mytemp.email",
    "mytrashmail.com", "nada.email", "nwytg.net", "one-time.email", "owlymail.com", "pokemail.net", "sharklasers.com",
    "spam4.me", "spambog.com", "temp-mail.io", "temp-mail.org", "tempail.com", "tempinbox.com", "tempmail.dev",
    "tempmail.net", "tempmail.plus", "tempmailo.com", "tempr.email", "throwam.com", "throwawaymail.com", "tmail.ws",
    "tmpmail.net", "tmpmail.org", "trash-mail.com", "trashmail.com", "trashmail.de", "trashmail.io", "trashmail.me",
    "trashmail.net", "trbvm.com", "wegwerfemail.de", "wegwerfmail.de", "yopmail.com", "yopmail.fr", "yopmail.net",
    "zetmail.com",
))
