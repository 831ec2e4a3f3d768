"""What somebody answered in the wizard is readable by this server alone."""
from __future__ import annotations

import random

from cryptography.fernet import Fernet

from server.members.answers import Answers, seal, unseal

GIVEN = Answers(done=2, key="k", name="ourse", email="ourse@example.org", situation="patient", reach="community")


def test_answers_come_back_as_they_were_and_cannot_be_read_or_changed() -> None:
    fernet = Fernet(Fernet.generate_key())
    sealed = seal(GIVEN, fernet)
    assert unseal(sealed, fernet) == GIVEN
    assert "ourse" not in sealed
    assert unseal(sealed[:-6] + "AAAAA=", fernet) == Answers()
    assert unseal(sealed, Fernet(Fernet.generate_key())) == Answers()
    assert unseal("", fernet) == unseal("rubbish", fernet) == unseal("é", fernet) == Answers()


def test_old_answers_are_forgotten() -> None:
    fernet = Fernet(Fernet.generate_key())
    old = fernet.encrypt_at_time(b"x", 0).decode()
    assert unseal(old, fernet) == Answers()


def test_what_does_not_fit_into_a_cookie_is_not_kept() -> None:
    noise = "".join(chr(random.randrange(0x4E00, 0x9FFF)) for _ in range(4000))
    assert seal(Answers(answer=noise), Fernet(Fernet.generate_key())) == ""
