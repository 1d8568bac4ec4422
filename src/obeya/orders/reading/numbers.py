"""Number words and fractions in the trade's languages (English, Hindi, Gujarati, Urdu, Arabic, ...)."""

from decimal import Decimal

from obeya.orders.reading import letters

# value: spellings, Latin first. Spellings that are also everyday words are in _RISKY below.
_UNITS = """
0: zero nil sifr صفر शून्य શૂન્ય
1: one ek wahad wahda wa7ed wa7da single एक એક ایک واحد واحده onnu oru ekta
2: two do be don tnen itnen ithnain etnen دو اثنين اثنان إثنين दो બે randu rendu dui duita ثنين
3: three teen tin tran theen tlata talata thalatha teeno तीन ત્રણ تین تين ثلاثه ثلاث تلاته moonu munnu
4: four char chaar chyar arba3a arbaa arba चार ચાર چار اربعه اربع naalu nalu
5: five paanch panch pach paach khamsa 5amsa पांच पाँच पाच પાંચ پانچ خمسه خمس anju anchu
6: six chhe chhah chha cheh chah che sitta setta छह छः छे છ છે ستة سته ست aaru aru chhoy چھ چهه
7: seven saat sat sab3a sabaa सात સાત سات سبعه سبع ezhu
8: eight aath aanth ath tamanya thamania tmanya आठ આઠ آٹھ ثمانيه ثمان تمانيه ettu
9: nine nau nav tis3a नौ નવ نو تسعه تسع onpathu
10: ten das dus dash 3ashra ashra दस દસ دس عشره عشر pathu patthu dosh
11: eleven gyarah agyar igyara gyara ग्यारह અગિયાર گیارہ
12: twelve barah baar bara बारह બાર بارہ panthrandu
13: thirteen terah ter तेरह તેર
14: fourteen chaudah chaud चौदह ચૌદ
15: fifteen pandrah pandhra pandar pandra पंद्रह पन्द्रह પંદર پندره خمستعشر 5amsta3sh khamstaash
    pathinanju
16: sixteen solah sol सोलह સોળ
17: seventeen satrah sattar सत्रह સત્તર
18: eighteen atharah adhar अठारह અઢાર
19: nineteen unnis ogni उन्नीस ઓગણીસ
20: twenty bees bis vis vees ishreen 3ishreen 3eshreen बीस વીસ بيس عشرين عشرون irupathu bish
24: chaubis चौबीस ચોવીસ
25: pachis pachees pacchis पच्चीस પચીસ પચ્ચીસ پچيس irupathanju
30: thirty tees tis tris talateen thalatheen तीस ત્રીસ تيس ثلاثين ثلاثون muppathu muppath
35: paintis पैंतीस પાંત્રીસ
36: chattis छत्तीस છત્રીસ
40: forty chalis chaalis chalees arba3een arbaeen चालीस ચાલીસ چاليس اربعين nalpathu
45: paintalis पैंतालीस
48: adtalis अड़तालीस અડતાલીસ
50: fifty pachas pachaas khamseen 5amseen पचास પચાસ پچاس خمسين anpathu ponchash
60: sixty saath saaith sitteen साठ સાઠ ساٹھ ستين arupathu
70: seventy sattar sab3een सत्तर સિત્તેર سبعين
75: pachattar pichattar पचहत्तर
80: eighty assi ansi tamaneen अस्सी એંસી ثمانين
90: ninety nabbe nevu tis3een नब्बे નેવું تسعين
100: hundred sau so soo meyya miyya मौ सौ સો سو ميه مائه مئه nooru eksho
150: dedhsau deadhsau
200: doso mitein ميتين مئتين
1000: thousand hazar hajar hazaar alf हज़ार हजार હજાર ہزار الف
"""
_FRACTIONS = """
0.5: half aadha adha aadhi adhi adho adhaa addha nus nusf nisf ardha adadho adadhi adado आधा आधी अर्धा
    અડધો અડધી અડધું અડધા نص نصف آدھا ادها ادهي
0.25: quarter pav paav pava paua rub3 pa پاو पाव પાવ ربع
0.75: pauna pauni pona pono paun pauné pone paune पौना पौनी पौन પોણો પોણી પોણા پونا
1.25: sava sawa सवा સવા سوا
1.5: dedh deadh derh dodh doढ dhed डेढ़ डेढ દોઢ ڈیڑھ ديره
2.5: dhai adhai adhi2 dhaai अढ़ाई ढाई અઢી ڈھائی
"""
# An Arabic dual says two and its unit at once: كرتونين.
DUAL_SUFFIX = ("ين",)
# Words that are a number only where nothing else fits (a unit follows, or no other number is there).
RISKY = frozenset(
    letters.fold(w).text
    for w in [
        "do",
        "chhe",
        "be",
        "so",
        "soo",
        "no",
        "one",
        "single",
        "che",
        "cheh",
        "sol",
        "ter",
        "nav",
        "ath",
        "sat",
        "sab",
        "tin",
        "tis",
        "bis",
        "a",
        "vis",
        "pa",
        "pav",
        "paav",
        "bara",
        "char",
        "dus",
        "dash",
        "pach",
        "نو",
        "سو",
        "دو",
        "ست",
        "half",
        "quarter",
        "aru",
        "nalu",
        "che",
        "chah",
        "das",
        "baar",
        "saath",
        "alf",
        "oru",
        "ڈیڑھ",
        "tees",
        "don",
        "ایک",
        "ek",
        "એક",
        "एक",
    ]
)


def _load(block: str) -> dict[str, Decimal]:
    table: dict[str, Decimal] = {}
    for row in letters.rows(block):
        value, words = row.split(":", 1)
        for word in words.split():
            table.setdefault(letters.fold(word).text, Decimal(value))
    return table


WHOLE = _load(_UNITS)
FRACTION = _load(_FRACTIONS)
WORDS = {**WHOLE, **FRACTION}
_AND = frozenset(letters.fold(w).text for w in ("and", "و", "w", "o", "aur", "ane"))


def value(word: str) -> Decimal | None:
    """The number a folded word names, or None."""
    return WORDS.get(word)


def combine(values: list[Decimal]) -> Decimal | None:
    """One number from number words in a row: ek sau bees = 120, mia + khamsin = 150; else None."""
    total = Decimal(0)
    current = Decimal(0)
    last: Decimal | None = None
    for number in values:
        if number in (100, 1000):
            current = (current or Decimal(1)) * number
            if number == 1000:
                total, current = total + current, Decimal(0)
        elif (
            last is None
            or (number < 100 and last >= 100)
            or (last is not None and last in (20, 30, 40, 50, 60, 70, 80, 90) and 0 < number < 10)
            or (
                last is not None
                and 0 < last < 10
                and number in (20, 30, 40, 50, 60, 70, 80, 90)
                and len(values) > 2
            )
        ):
            current += number
        else:
            return None
        last = number
    return total + current


def is_and(word: str) -> bool:
    """Whether a folded word joins the parts of a number (مية وعشرين)."""
    return word in _AND
