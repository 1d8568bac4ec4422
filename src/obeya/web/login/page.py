"""The log-in screen."""

from dataclasses import dataclass, field

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class LoginPage:
    """`typed.values` holds the user name that came back; `providers` are single sign-on doors."""

    next_url: str = ""
    typed: shown.Typed = field(default_factory=shown.Typed)
    providers: tuple[shown.Link, ...] = ()
    passwords: bool = True
