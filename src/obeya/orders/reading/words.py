"""Everyday words around an order: units, fillers, greetings, operations. General, not
one company's."""

from obeya.orders.reading import letters


def _folded(text: str) -> frozenset[str]:
    return frozenset(letters.fold(w).text for w in text.split())


def _table(block: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for row in letters.rows(block):
        code, words = row.split(":", 1)
        out[code] = code
        for word in words.split():
            out.setdefault(letters.fold(word).text, code)
    return out


# General unit words; a company's own list comes first. The code is a family, mapped to an item's units later.
UNITS = _table(
    """
pcs: pc pcs pieza piezas pza pzas piece pieces pce pices nos no nag nang naga each ea unit units peace adad
    loose length len
    lengths lambai nug عدد حبه حبات قطعه قطع پیس عدد नग पीस नंग નંગ পিস 7abba habba qty'
ctn: ctn ctns carton cartons cartoon cartoons cartn crtn crtns cs case cases karton
    kartone kartoon peti
    petti petty pettis khokha khokhu crate crates kartun ktn كرتون كرتونه كراتين
    كرتونات كراتن کارٹن کارتن
    پیٹی बक्सा पेटी कार्टन પેટી કાર્ટન কার্টন পেটি
box: box boxes bx bxs caja cajas dibba dibbe dibbi dabba dabbo dabbe daba daba dibbo dibbay inner
    boxs علبه علب صندوق
    صناديق ڈبہ ڈبے डिब्बा डिब्बे डब्बा डब्बे બોક્સ ડબ્બા ડબ્બો
bag: bag bags bolsa bolsas katta katte kattay bori bora boriyan borian chakku chak sack sacks theli
    thelo thaila thelia
    gunny kees 5eesha kheesha bosta كيس اكياس خيشه خياش جونيه شوال بوری تھیلا بوریاں
    थैली थैला कट्टा बोरी
    થેલી થેલો
gross: gross grs
pkt: pkt pkts packet packets pkg pkgs package packages pack packs pouch pouches pack pk pks paket pakit patta
    pudi باكيت باكت بكت
    باكيتات پیکٹ पैकेट पॅकेट પેકેટ
dz: dz docena docenas doz dozen dozens dozon darjan darzan darjun darzen dzn درزن درجن दर्जन डझन ડઝન ডজন
bdl: bdl bundle bundles bandal bandel bndl baandh bundel बंडल બંડલ شده شدات ربطه ربطات
roll: roll rolls rol رول رولات रोल રોલ
coil: coil coils koil kwail كويل कॉइल कोयल કોઇલ لفه لفات
drum: drum drums dram درام ड्रम ڈرم برميل براميل
btl: btl btls bottle bottles botal botl botel غرشه غراش قاروره قنينه زجاجه بوتل بوتلیں
    बोतल બોટલ ghersha
    ghorsha
jar: jar jars bharni مرطبان جار
tin: tin tins tanaka tanka tank' تنكه تنك تنكات ڈبلی
can: can cans gallon gallons galon gln gal jerrycan jerican carboy جالون جوالين غلن
    غالون جركن جيركن گیلن
    कैन केन
bkt: bucket buckets pail pails bkt balti سطل اسطل بالٹی बाल्टी
set: set sets طقم اطقم सेट સેટ سیٹ
pair: pair pairs jodi jora زوج ازواج जोड़ी जोड़ा જોડી جوڑا
kg: kg kgs kilo kilos kilogram kilograms kelo kelo كيلو كيلوجرام كجم کلو किलो કિલો
g: g gm gms gram grams grm جرام غرام جم غم ग्राम ગ્રામ گرام
l: l ltr ltrs litr litre litres liter liters lit lt ليتر لتر لیٹر लीटर लिटर લિટર લીટર
ml: ml mls مل ملي एमएल ملل
m: m mtr mtrs meter meters metre metres mtr. متر امتار मीटर મીટર میٹر
ft: ft feet foot fut fit fitt قدم फुट फीट ફૂટ ફુટ فٹ
mm: mm mil ملم مم मिमी एमएम એમએમ ملي
cm: cm سم
in: in inch inches inchi inchh انش انج بوصه इंच इन्च ઇંચ انچ
sqmm: sqmm sqm smm sq.mm scm
w: w watt watts وات واط वाट वॉट વોટ
a: a amp amps ampere امبير एम्पियर एंपियर
v: v volt volts
bale: bale bales gatta gathri شده
tub: tub tubs
tray: tray trays
rim: rim reams ream
pallet: pallet pallets skid skids طبليه بالت
c: hundred'
mpcs: thousand' thou
ft2: sqft
lb: lb lbs pound pounds
oz: oz ounce ounces
"""
)
# Units that measure the thing itself: with a number they are a size unless the item is sold in them.
MEASURES = frozenset(("kg", "g", "l", "ml", "m", "ft", "mm", "cm", "in", "sqmm", "w", "a", "v", "lb", "oz"))
# A unit of the ERP's item master that means one piece of something.
PIECES = frozenset(
    ("pcs", "pc", "pkt", "btl", "jar", "tin", "each", "ea", "nos", "unit", "can", "tub", "no", "piece")
)

# Words that carry no item: verbs of asking, politeness, greetings, address.
FILLER = _folded(
    """
    please pls plz plss kindly send sent ship shipped shipping bhej bhejo bhejna bhejiye bhejdo bhejen
    bhijwa dijiye dijiyega
    dena dene dedo dein diyen de kar karo
    kardo karna karjo krdo kro karne karte laga lagao likh likho likhna likhlo likhiye lakho lakhi
    lakhjo lakhyu lo le lena lidhu chahiye chahie chaiye hona hai he hain h
    bhai bhaiya bhaijan bhaya dada sir sirji saab saheb sahab ji madam boss bro ben
    uncle ustad janab
    dear team hello hi hey hii helo namaste namaskar namaskaram
    ram radhe krishna jay jai shree shri sri good morning evening afternoon gud mrng gm salam salaam
    assalamualaikum assalam alaikum walaikum asalam aoa salamalekum
    marhaba hala halla sabah msa masa 5eer kheir alkhair order orders ordr aajno aaj
    ka ki ke ko kā se
    me mein ma na nu ni no' ne and aur or ane also w plus with
    for of the a an to from in at by on is are be this that these need needs needed
    want wants require
    required requirement requirements qty quantity item items list
    material saman samaan maal mal mall wala wali wale valo vali valu vala wla waala walo vaala type
    size sathe saath' thanks thank you shukriya shukria dhanyavad
    regards bas bus only khali sirf bus' bhi pan j ek' ho hoy to toh so' then ok okay
    haan haa han ha
    acha achha accha um umm uh er ah pinne oru athu aa ah oh ee o' venam vendum
    ethikkane tharu ayakku ayakkuka koodi um' und aanu ketto lagbe lagbo den diyen
    diben pathan r' ei
    gula amar er' bdna bidna badna abi abgha abghi ابغي ابي ابغا نبغا نبغي نبي بدي بدنا
    اريد نريد ارجو نرجو الرجاء رجاء يرجي ارسال ارسلوا ارسل طلب طلبيه الطلب الطلبيه لو سمحت سمحتوا من
    فضلك فضلكم شكرا تسلم تسلمون مشكور هلا هلا والله مرحبا السلام عليكم ورحمه الله وبركاته
    صباح الخير النور مساء اخوي اخي يا علي في من الي الى عن مع ان شاء لنا لي عندكم الان توريد التالي
    الاتي مطلوب محتاج نحتاج بهذا خوي خلنا
    और का की के को से में भेज भेजो भेजना दो' दीजिए दीजिये दें देना कर कीजिए कृपया जी
    भाई साहब नमस्ते राम
    राम' सा माल लिख लो लिखो लिखिए ऑर्डर वाला वाली वाले चाहिए प्रणाम है भी
    અને નો ની નું ના માં મોકલો મોકલજો લખો લખી લખજો ભાઈ જય શ્રી કૃષ્ણ રામ ઓર્ડર વાળો
    વાળી વાળા જોઈએ છે ને
    اور كا كي كے كو سے میں بھیج دیں بھيج دين دو' بھائی بهائي جي صاحب چاہیے جاهيي والا والي والے يه
    ভাই দিয়েন পাঠান লাগবে আর
    pathva pathav dya nako' hava havi bhau cha chi che chya aani sobat veg
    new fresh good quality best same' again once more per rate' urgent urgently asap
    jaldi jldi lavkar
    fast today's ordering supply deliver delivery dispatch arrange book booking
    below following attached pfa dia length std pfa find note noted confirm
    acknowledge kindly' we our
    my your us i me would like require' as per
    make keep put set change update revise amend note' kindly' increase' reduce'
    please' pe par pr' hi'
    wahi' aur' ho' waise abhi ab phir bhi also too rakho rakhna rakhe rakhen nikal nikaal karva kara
    dijiyega lijiye
    مع' خلها خليها سوها يعني حط وحط حق حقي مال لل عند عندنا تم كذا بعدين
    item' sr sl sno no. product products description total' new' pakka final
    necesito necesitamos quiero queremos favor gracias para los las envie enviar mandar manden
    paaji bhaaji veerji hukum bandhu
    """.replace("'", "")
) - _folded("do so saath ek no")

# Function words of everyday talk in the trade's languages; none of them names goods.
FUNCTION = _folded(
    """
    wo woh vo voh ye yeh yah is us in un isme usme isme usme iska uska iski uski isko usko unka inka
    unko inko jo jis jiska jab tab agle agla tak se bhi hi na to phir fir
    matlab yani yaani yahan wahan idhar udhar ab abhi aaj kal jaise aisa waisa kuch koi sab har apna
    apne apni hamara hamare humko humein mujhe mere mera meri aap aapka aapke
    tum tumhara liye liya lena lene dena kiya ki thi tha the hoga hogi honge rahega rahegi raha rahi
    rahe gaya gayi gaye wale walo pehle baad saath sath alag theek thik accha
    pura poora thoda thodi bahut zyada kam se kam sirf bas bilkul zaroor jarur lekin
    magar par kyunki
    isliye warna nahi nahin haanji hanji ji bhaisaab sarkar maharaj bolo bola bol
    bataya batana batao pata chala chal raha gadi gaadi gari gaari truck tempo transport bilty bhada
    cheque payment bill invoice challan party dukan dukaan godown maal mal saman
    aa ae aave avse aavshe aavo joiye joie joi joita moklavo moklavi mokli aapo aapjo
    aap jo karjo karva
    karine etle etlu etla atle ane athva pan pachi pachhi pachho have havey te tena
    tene tenu ena enu ene emna amne amaro amara tamaro tamara tame ame hu mane mara
    maru kem cho chho
    chhe chu chhu hova hatu hati hata thay thashe thai gayu gai sudhi sathe vagar mate
    upar niche navi navo navu juni juno khub bahu thodu bija bijo biji badha badhi badhu ekdum
    aahe ahe aahet nahi hota hoti hote mala tula amhala tumhi amhi pahije pahijet dya
    ghya pathva kara
    karun aani ani pan tari mhanun sathi kadun
    ar ami amra apni apnar amar amader tumi ei oi sei je ja jonno theke diye niye kore
    korben korte hobe
    hoy ache ase nai na r ta to keno kobe koto sob shudhu abar
    njan nammal ningal ithu athu ith ath ennu enna ente enik enikku namukku ithinu
    athinu athil ithil
    kooduthal kurachu mathi mathram thanne undu undo illa alla aanu aano aakki aakku tharu
    tharamo tharanam varum vannu poyi pinne ippo ippol appo appol vegam onnu und ketto
    karante hotelinu
    stock'inu
    ana enta inta howa hiya ehna ihna hum hada haza hadi hay hai el al il 3al 3ala 3la
    fi fe min men ma3
    mn bs bas ya yalla law iza la lo lw shu eh ayy kl kol kaman kamen kman hada hek
    hatha hathi elli illi bel bil mal 7ag 7agg zain zein tayeb 6ayeb inshallah inshalla insha allah
    alhamdulillah habibi 7abibi akhi a5i a5oi khoi m3alem m3allem sama7t samaht tekram
    من في على علي الى الي عن مع هذا هذه هاي ذا ذي ذلك تلك اللي الي الذي التي كل كذا هنا هناك انا انت
    احنا نحن هو هي هم عندي عندنا عندكم لي لنا لكم له لها بس فقط ايضا كمان بعد قبل حق
    حقي حقنا مال مالي
    ناخذ ناخد اخذ نمر نجي تجي يجي نشوف شوف خل خلي خلوا حط حطوا سوي سووا زين طيب تمام اوكي اذا لو كان
    يكون نفسه نفس مثل زي يعني وهذا وهذه ومن وفي او ام ثم حتى كيف الحال حالك ابو ام
    الله يعطيك العافيه
    یہ وہ اس ان جو جس تو پھر ہی تک لیے لئے کا کی کے کو نے سے میں پر اور یا اگر مگر
    لیکن کچھ سب ہر اپنا
    ہمارا ہمیں مجھے آپ تم ہے ہیں تھا تھی تھے ہوگا رہا رہی گا گی گے دیں دے لیں کر کریں
    वो यह ये वह इस उस इन उन जो जिस तो फिर ही तक लिए का की के को ने से में पर और या मगर
    लेकिन कुछ सब हर
    अपना हमारा हमें मुझे आप तुम है हैं था थी थे होगा रहा रही गा गी गे दें दे लें कर
    करें मतलब वाला वाली
    वाले सिर्फ बाकी वही रखना
    the ones one' and or so but if' then also too only just still very per each' will
    would can could
    should may might must has have had do does did not' we you your our my me us him
    his her their them
    he she it its this that these those here there when while after before with without' within upon
    into onto out up down off over as well same' pls regarding reference ref po lpo no nos number
    against
    attn attention subject sub re fw fwd sir madam mr mrs ms team all' dear hi hello regards thanks
    thank good great fine ok okay noted below above following given attached enclosed
    herewith kindly
    امر رقم توريد شراء طلب السيد السادة الساده المحترمين المحترمون المحترم تحيه طيبه وبعد نرجو الاتي
    التالي لفرع فرع
    """.replace("'", "")
) - _folded("do no nos each all not without if agar extra order is kal aaj")

CONJ = _folded("and aur or ane + & و w v تاني اور और અને plus aani athava also")
EACH = _folded(
    """
    each ea apiece har dono donon donu banne teeno both all sab badhi badha لكل كل جميعها جميع دونوں
    हर दोनों बन्ने બંને सब
    """
)
NONE_QTY = _folded("nil no0 zero0 na/ none - -- لايوجد n/a")
FREE = _folded("free foc muft bonus scheme مجان مجانا مجاني فري مفت फ्री मुफ्त ફ્રી")

REMOVE = _folded(
    """remove cancel cancelled delete drop skip minus' without hata hatao hatado
    hatana kadhi kado kadho
    kadhi' nikal nikaal nikalo kaado venda vendaa
    nathi nahi' mat bina bdoon bidoon bedoon bdon بدون shil sheel shilo sheelo shilha شيل شيلوا
    احذف الغ الغوا الغي
    حذف ونزل نزل نزلوا
    بلا nako nakko rehne hatva choddo chhodo chhod chod
    हटा हटाओ मत बिना निकाल नहीं' કાઢી નથી વગર ہٹا نکال مت بغیر نہیں' vagar strike
    except leave omit exclude less' bad baad koreshi bad'""".replace("'", "")
) - _folded("nahi नहीं نہیں minus less")
ADD = _folded(
    """add added addition adding include extra' aur' jod jodo jodna jodi' umero umeri umerjo umerva
    nakho nakhjo' daal dal' daalo dalo daldo badha badhao vadharo vadhare' more' zyada jyada
    ziyada falto faltu phaltu زيد زيدوا زود ضيف اضف ضيفوا اضافه dif zid zeed dheef
    koodi kooduthal जोड़
    जोड़ो डाल बढ़ा ज्यादा फालतू ઉમેરો ઉમેરજો વધારે نکھ
    ڈال زیادہ شامل jog' besi vadhavjo increase raise plus additional jyasti""".replace("'", "")
) - _folded("aur dal extra")
MORE = _folded(
    """
    more extra zyada jyada vadhare vadhu besi kooduthal زياده زيادة اكثر ज्यादा फालतू વધારે زیادہ
    faltu falto additional jyasti zeyada
    """
)
LESS = _folded(
    """
    less fewer kam kami ochha ochu ochi ochho kurach اقل انقص ناقص कम ઓછા ઓછું کم reduce kurakkuka
    """
)
FILLER = (
    FILLER
    | _folded(
        """
    badle jagah badal' બદલે जगह ऐवजी aivaji jagha instead place
    """.replace("'", "")
    )
    | (FUNCTION - REMOVE - ADD - MORE - LESS)
)
# Arabic articles in Latin letters: a word of its own elsewhere ("el" is an elbow to a plumber).
FILLER = FILLER - {"el", "al", "il", "r", "n", "b", "y", "g", "w"}
# "old NEG new": the second number holds.  "new NEG old": the first number holds.
NEG_NEW_SECOND = _folded(
    """
    nahi nahin nai nahee nahi. nathi नहीं नही નહીં નહિ نہیں na alla venda nay nako noy > -> =>
    """
)
NEG_NEW_FIRST = _folded("not instead mesh mish mush مش مب مو ليس لا بدل بدال badal مكان rather")
SECOND_PHRASES = (
    ("ki", "jagah"),
    ("ke", "badle"),
    ("ne", "badle"),
    ("na", "badle"),
    ("ki", "jagha"),
    ("ke", "jagah"),
    ("ki", "bajay"),
    ("की", "जगह"),
    ("के", "बदले"),
    ("ને", "બદલે"),
    ("ના", "બદલે"),
    ("کی", "جگہ"),
    ("كي", "جكه"),
    ("changed", "to"),
    ("na", "na"),
    ("لا", "لا"),
    ("no", "no"),
    ("nahi", "nahi"),
    ("aivaji",),
    ("ऐवजी",),
    ("badle",),
    ("બદલે",),
    ("pakaram",),
    ("to",),
)
FIRST_PHRASES = (("instead", "of"), ("in", "place", "of"), ("rather", "than"), ("not",))

SMALL = _folded(
    """
    small chota choti chhota chhoti chote nano nani nanu nana choto choti' cheriya صغير الصغير صغيره
    صغار chhotu छोटा छोटी नानी નાની નાનો નાનું چھوٹا چھوٹی little
    """
)
LARGE = _folded(
    """
    big large bada badi bade mota moti motu mothu motto boro valiya كبير الكبير كبيره كبار kbeer
    बड़ा बड़ी मोटा મોટી મોટો મોટું بڑا بڑی
    """
)

WORD_VERBS_BEFORE_DO = _folded(
    """
    rehne chhod chhodh moklavi kara karwa karva kr karke likhwa kar bhej de laga bana likh dal daal
    jod hata nikal bhijwa kara kr nakh rakh chhod chod pahuncha utar badha ghata बना कर भेज लगा लिख
    डाल जोड़ हटा بھیج کر لگا بهيج كر لكه
    """
)
# "The rest stays": no operation.
REST = _folded(
    """
    rest remaining baki baaki balance unchanged stands no' change other wahi vahi same باقي والباقي
    الباقي نفس الشي نفسه बाकी वही બાકી باقی وہی thik theek fine baqi all'
    """.replace("'", "")
)
_WEAK_ADD = _folded("nakho nakhjo daal dal daalo dalo daldo put also bhi plus with ڈال डाल")
TIMES = _folded(
    """
    last time baar bar vakhate pichla pichli pichle previous gaya gaye gayo guruvar repeat sarkhach
    sarkha jevu jevuj المره الاخيره السابقه السابق نفس نفسها الطلبيه طلبيه الطلب talab taleb nfs
    nafs marra a5er akher पिछला पिछली रिपीट फिर ગયા ગયો રિપીટ જેવું જ પછી پچھلا پچھلے
    """.replace("'", "")
)
OPERATIONS = REMOVE | ADD | MORE | LESS | NEG_NEW_SECOND | NEG_NEW_FIRST
# A clause that begins with one of these puts right what was said before it.
CORRECTING = _folded(
    """
    sorry correction galti galat mistake maaf maf oops actually rather ma3lesh سامحني عفوا اسف معليش
    معذره सॉरी माफ गलती સોરી ભૂલ معاف غلطی
    """
)
# Words that make a quantity a guess: nobody can book "a couple" or "about ten".
VAGUE = _folded(
    """
    couple few several approx approximately roughly around maybe perhaps whatever lagbhag lagbag kareeb
    qareeb takriban takreeban thode thoda kuch andaz andaje andaje حوالي تقريبا شويه كم لگ بھگ تقریبا
    लगभग करीब थोड़े કરીબ આશરે thora almost plusminus +/-
    """
) - _folded("kam كم")
DITTO = _folded("ditto -do- do.do. ایضا ايضا") | {'"'}

# Words that are no names of people and places: of the language, of units, or heads of an order's parts.
SAID = (
    FILLER
    | FUNCTION
    | OPERATIONS
    | frozenset(UNITS)
    | _folded(
        """
        qty quantity ship deliver delivery po lpo ref date site bill note notes remark remarks
        subject phone tel contact address godown shop account acct customer name dealer order total
        rate price gst gstin trn vat mob mobile email mail fax attn ext location department dept
        sender project terms via carrier freight payment requested required due store warehouse
        branch transport vehicle driver time سعر تاريخ العنوان موقع هاتف
        """
    )
)
