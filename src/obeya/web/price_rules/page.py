"""Price rules: what holds, the draft row by row, its dry run, and old versions."""

from dataclasses import dataclass, field
from datetime import date, datetime

from obeya.web import shown


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a row, or worth a look; `stops` keeps the table out of force."""

    text: str
    stops: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule in the list. `url` is "" where it can only be read."""

    id: int
    place: int
    sentence: str
    note: str
    url: str
    troubles: tuple[Trouble, ...] = ()
    chosen: bool = False

    @property
    def stops(self) -> bool:
        """True where the row keeps the table out of force."""
        return any(trouble.stops for trouble in self.troubles)


@dataclass(frozen=True, slots=True)
class RowForm:
    """One row to be changed; a new one has the id 0. `of` is how many rows there are."""

    id: int
    place: int
    of: int
    revision: int
    sentence: str
    typed: shown.Typed
    customer_name: str
    item_name: str
    groups: tuple[str, ...]
    categories: tuple[str, ...]
    units: tuple[str, ...]
    currencies: tuple[str, ...]
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialState:
    """How the dry run stands. `share` is how many percent of the lines are judged."""

    state: str
    says: str
    share: int
    fits: bool
    """It is of the draft as it is now."""
    url: str
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftState:
    """The draft beside what is in force, and what may be done with it."""

    revision: int
    saved_at: datetime
    saved_by: str
    stops: int
    looks: int
    trial: TrialState | None
    judged_on: date
    changes: tuple[str, ...]
    more_changes: int
    waits_for: str
    """Why this person cannot put it in force, "" where that is possible."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the list of versions."""

    number: int
    url: str
    at: datetime
    who: str
    why: str
    count: int
    in_force: bool


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The table on the left; on the right the chosen row, or what can be done with all of it."""

    now: datetime
    rows: tuple[RuleRow, ...]
    count: int
    hidden: int
    """Rows that fit but are too many to show at once."""
    query: str
    draft: DraftState | None
    versions: tuple[VersionRow, ...]
    may_write: bool
    form: RowForm | None = None
    typed: shown.Typed = field(default_factory=shown.Typed)
    screen: str = "price_rules"


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version as it was put in force, and what it changed."""

    now: datetime
    version: VersionRow
    saved_by: str
    ended_at: datetime | None
    rows: tuple[RuleRow, ...]
    changes: tuple[str, ...]
    more_changes: int
    screen: str = "price_rules"


@dataclass(frozen=True, slots=True)
class TrialPage:
    """What the dry run found."""

    now: datetime
    trial: TrialState | None
    tiles: tuple[shown.Fact, ...] = ()
    scope: str = ""
    tables: tuple[shown.Table, ...] = ()
    left_out: shown.Table | None = None
    screen: str = "price_rules"
