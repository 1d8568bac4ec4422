"""Dates as people write them, against the day the message was sent. Five scripts, both day orders."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from obeya.orders.reading import letters


@dataclass(frozen=True, slots=True)
class Found:
    """A date in folded text; `past` where the words around say it is not a wish for delivery."""

    start: int
    end: int
    on: date
    past: bool = False
    vague: bool = False


def _alternatives(text: str) -> str:
    folded = sorted({letters.fold(w.replace("_", " ")).text for w in text.split()}, key=len, reverse=True)
    return "|".join(re.escape(w) for w in folded)


_DAYS = (
    "monday lunes somvar somwar sombar shombar thinkal thingal पीर सोमवार सोमवारी સોમવાર સોમવારે الاثنين"
    " الإثنين اثنين پیر سوموار সোমবার peer alithnain elithnein",
    "tuesday tues martes mangalvar mangalwar mongolbar chovva chowwa मंगलवार मंगळवार મંગળવાર મંગળવારે"
    " الثلاثاء ثلاثاء منگل মঙ্গলবার althulatha eltalat",
    "wednesday weds miercoles budhvar budhwar budhbar budhan बुधवार બુધવાર બુધવારે الاربعاء الأربعاء بدھ"
    " বুধবার alarbiaa elarba3",
    "thursday thurs jueves guruvar guruwar gurubar brihoshpotibar jumerat jumeraat vyazham गुरुवार बृहस्पतिवार"
    " ગુરુવાર ગુરુવારે الخميس جمعرات বৃহস্পতিবার alkhamis elkhamis el_5amis",
    "friday viernes shukravar shukrawar shukrwar shukrobar jumma juma velli शुक्रवार શુક્રવાર શુક્રવારે"
    " الجمعة الجمعه جمعہ শুক্রবার aljumaa elgom3a",
    "saturday sabado shanivar shaniwar shonibar shanichar shani शनिवार શનિવાર શનિવારે السبت سنیچر ہفتے"
    " ہفتہ শনিবার alsabt elsabt el_sabt sabt",
    "sunday domingo ravivar raviwar robibar itwar itvar njayar njayarazhcha रविवार इतवार રવિવાર રવિવારે"
    " الاحد الأحد اتوار রবিবার alahad elahad el_a7ad",
)
_MONTHS = (
    "january jan janvari يناير कानवरी जनवरी જાન્યુઆરી جنوری kanun",
    "february feb februari فبراير फरवरी ફેબ્રુઆરી فروری shbat",
    "march mar مارس मार्च માર્ચ مارچ",
    "april apr ابريل أبريل अप्रैल એપ્રિલ اپریل",
    "may مايو मई મે مئی",
    "june jun يونيو जून જૂન جون",
    "july jul يوليو जुलाई જુલાઈ جولائی",
    "august aug اغسطس أغسطس अगस्त ઓગસ્ટ اگست",
    "september sep sept سبتمبر सितंबर સપ્ટેમ્બર ستمبر",
    "october oct اكتوبر أكتوبر अक्टूबर ઓક્ટોબર اکتوبر",
    "november nov نوفمبر नवंबर નવેમ્બર نومبر",
    "december dec ديسمبر दिसंबर ડિસેમ્બર دسمبر",
)
_TODAY = "today tonight aaj aaje aj aajj ajj اليوم alyom elyom elyoum आज આજે આજ آج আজ aaj_hi innu aajke"
_TOMORROW = (
    "tomorrow manana tmrw tmrow tomm tomorow tmr tom kal kale kaale kalle kalke nale naale bukra bokra"
    " bukrah bokrah bukkra بكرا بكره بكرة باچر باجر غدا غداً بكرى कल उद्या કાલે کل কাল আগামীকাল"
    " udya kaal b_bukra"
)
_AFTER = (
    "day_after_tomorrow day_after_tmrw day_after_tmr day_after parso parson parsoon parsu parsun"
    " param_divse paramdivse porshu mattannal بعد_بكره بعد_بكرة بعد_بكرا بعد_باچر بعد_غد "
    "b3d_bukra ba3d_bukra baad_bukra परसों परसो परवा પરમ_દિવસે پرسوں পরশু parva"
)
_PAST = (
    "dated dt date: po_date since yesterday gaya gayi gaye gya pichla pichle pichli last previous"
    " purana agla_wala امس أمس الماضي الماضية اللي_فات فات "
    "گزشتہ پچھلے पिछले पिछला गए गया ગયા ગઈ mage of_the_order order_of order_dated invoice bill"
)
_W = r"(?<![^\W_])"
_E = r"(?![^\W\d_])"
_DAY_RX = [re.compile(f"{_W}(?:{_alternatives(d)}){_E}") for d in _DAYS]
_SHORT_DAY = re.compile(
    r"(?:by|on|next|this|coming|before|till?|until|for|del(?:iver)?|due|\n|,|^)\s*(mon|tue|wed"
    r"|thu|thur|fri|sat|sun)(?![^\W_])"
)
_SHORT = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH_WORDS = "|".join(_alternatives(m) for m in _MONTHS)
_MONTH_OF = {w: n for n, m in enumerate(_MONTHS, 1) for w in _alternatives(m).replace("\\", "").split("|")}
_WORD_RX = (
    (re.compile(f"{_W}(?:{_alternatives(_AFTER)}){_E}"), 2),
    (re.compile(f"{_W}(?:{_alternatives(_TOMORROW)}){_E}"), 1),
    (re.compile(f"{_W}(?:{_alternatives(_TODAY)}){_E}"), 0),
)
_PAST_RX = re.compile(f"(?:{_alternatives(_PAST)})[ :.,]*(?:on |the |ko )?$")
_WITHIN = re.compile(
    rf"{_W}(?:within|in|andar|after|خلال|بعد)\s+(\d{{1,2}})\s*(?:working\s+)?(?:days?|din|divas"
    rf"|ايام|يوم|दिन|દિવસ|دن){_E}"
)
_WITHIN_BACK = re.compile(r"(\d{1,2})\s*(?:din|divas|days?|दिन|દિવસ|دن)\s*(?:me|mein|ma|ke andar|में|માં|میں)")
_ISO = re.compile(r"(?<!\d)(20\d\d)-(\d{1,2})-(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d/]|\.\d|-\d)")
_NAMED = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?[\s.-]*(?:of\s+)?({_MONTH_WORDS}){_E}[\s,.-]*(20\d\d|\d\d(?!\d"
    rf"|:))?"
)
_NAMED_BACK = re.compile(
    rf"{_W}({_MONTH_WORDS})[\s.-]+(\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.:]\d)(?:[\s,]+(20\d\d))?"
)
_TARIKH = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?:tarikh|tareekh|tarik|तारीख|તારીખ|تاریخ|تاريخ|taarikh)|(?:tarikh|tareekh"
    r"|يوم|تاريخ|तारीख|તારીખ|on the)\s+(\d{1,2})(?:st|nd|rd|th)?(?![\d/.-])(?:\s*الشهر)?"
)
_MORNINGS = "subah savare saware morning sakkal ravile سویرے صبح सुबह સવારે shokale الصبح"
_MORNING = re.compile(f"{_W}(?:{_alternatives(_MORNINGS)}){_E}")


def find(text: str, sent_on: date, *, month_first: bool) -> list[Found]:
    """All dates in folded text, in order; overlapping finds keep the longest."""
    found = [*_numeric(text, sent_on, month_first), *_worded(text, sent_on)]
    found.sort(key=lambda f: (f.start, -(f.end - f.start)))
    out: list[Found] = []
    for one in found:
        if not out or one.start >= out[-1].end:
            out.append(one)
    return out


def morning_only(text: str, sent_on: date, hour: int) -> date | None:
    """The coming morning where an evening message only names a morning."""
    return sent_on + timedelta(days=1) if hour >= 17 and _MORNING.search(text) else None


_WANTED = re.compile(
    r"\b(?:req|reqd|required|requested|need|needed|due|delivery|deliver|del|ship|shipping|want|wanted|arrival|eta)"
    r"\.?(?: by)? (?:date|dt)[ :.-]*$"
)


_OF_AN_ORDER = re.compile(
    r"\s*(?:ka|ke|ki|wala|wale|wali|vala|vale|वाला|वाले|का|के|والا|والي|كا|كي)\s*(?:order|ordr|ऑर्डर|اردر|اوردر)"
)


def _past(text: str, start: int, end: int) -> bool:
    if _OF_AN_ORDER.match(text, end):
        return True
    return (
        _WANTED.search(text[max(0, start - 24) : start]) is None
        and _PAST_RX.search(text[max(0, start - 24) : start]) is not None
    )


def _numeric(text: str, sent_on: date, month_first: bool) -> Iterator[Found]:
    for match in _ISO.finditer(text):
        yield from _made(text, match, _date(int(match[1]), int(match[2]), int(match[3])))
    for match in _NUMERIC.finditer(text):
        first, second = int(match[1]), int(match[3])
        if match[2] == "-" and not match[4]:
            continue
        if match[2] == "." and not match[4]:
            continue
        padded = match[1].startswith("0") or match[3].startswith("0")
        if (
            match[2] == "/"
            and not match[4]
            and not padded
            and _looks_like_size(text, match, first, second, month_first=month_first)
        ):
            continue
        day, month = (second, first) if month_first and first <= 12 else (first, second)
        if not month_first and second > 12 >= first:
            day, month = second, first
        yield from _made(text, match, _with_year(day, month, match[4], sent_on))
    for match in _NAMED.finditer(text):
        yield from _made(
            text, match, _with_year(int(match[1]), _MONTH_OF.get(match[2], 0), match[3], sent_on)
        )
    for match in _NAMED_BACK.finditer(text):
        yield from _made(
            text, match, _with_year(int(match[2]), _MONTH_OF.get(match[1], 0), match[3], sent_on)
        )
    for match in _TARIKH.finditer(text):
        day = int(match[1] or match[2])
        on = _date(sent_on.year, sent_on.month, day)
        if on and on < sent_on:
            following = (sent_on.replace(day=1) + timedelta(days=32)).replace(day=1)
            on = _date(following.year, following.month, day)
        yield from _made(text, match, on)


def _looks_like_size(text: str, match: re.Match[str], first: int, second: int, *, month_first: bool) -> bool:
    if month_first and first <= 12 < second <= 31 and second != 16:
        return False  # no size has such a fraction
    if second in (2, 4, 8, 16, 32) and first < second:
        return True
    after = text[match.end() : match.end() + 6].lstrip()
    before = text[: match.start()].rstrip()
    cue = re.search(
        r"(?:by|on|before|dt|date|tak|sudhi|deliver\w*|reqd?|due|till|يوم|تاريخ|بتاريخ"
        r"|قبل|القادم|loading)[ :.]*$",
        before,
    )
    if cue:
        return False
    line = text[text.rfind("\n", 0, match.start()) + 1 :].split("\n", 1)[0]
    alone = not re.search(r"\d", line.replace(match.group(), ""))
    return not alone or after.startswith(("in", '"', "x", "inch"))


def _worded(text: str, sent_on: date) -> Iterator[Found]:
    for number, rx in enumerate(_DAY_RX):
        for match in rx.finditer(text):
            ahead = (number - sent_on.weekday()) % 7 or 7
            yield from _made(text, match, sent_on + timedelta(days=ahead))
    for match in _SHORT_DAY.finditer(text):
        ahead = (_SHORT.index(match[1][:3]) - sent_on.weekday()) % 7 or 7
        yield from _made(text, match, sent_on + timedelta(days=ahead), match.start(1))
    for rx, days in _WORD_RX:
        for match in rx.finditer(text):
            yield from _made(text, match, sent_on + timedelta(days=days))
    for rx in (_WITHIN, _WITHIN_BACK):
        for match in rx.finditer(text):
            yield from _made(text, match, sent_on + timedelta(days=int(match[1])))


def _made(text: str, match: re.Match[str], on: date | None, start: int | None = None) -> Iterator[Found]:
    if on is not None:
        begin = match.start() if start is None else start
        yield Found(begin, match.end(), on, _past(text, begin, match.end()))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_year(day: int, month: int, year: str | None, sent_on: date) -> date | None:
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    on = _date(sent_on.year, month, day)
    if on and (sent_on - on).days > 200:
        return _date(sent_on.year + 1, month, day)
    return on
