"""Your password: a person changes their own."""

from dataclasses import dataclass, field
from datetime import datetime

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """`own`: the person has a password here (else only the company's log-in lets them in).

    `typed` carries errors alone: a password never comes back. `changed`: it was changed just now.
    """

    now: datetime
    own: bool
    typed: shown.Typed = field(default_factory=shown.Typed)
    changed: bool = False
    screen: str = "password"
