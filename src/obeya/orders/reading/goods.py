"""A general bilingual lexicon of trade goods and attributes: groups of words that name the same thing.

Hand-written from everyday trade language; any catalogue's words join a group when they fold to one of its
spellings. A company's own history teaches the rest.
"""

from obeya.orders.reading import letters

_GROUPS = """
red r lal laal ahmar a7mar lal. أحمر احمر لال लाल લાલ سرخ chuvanna
black bk n kala kali kale kalo kalu aswad iswid أسود اسود سوداء काला काली કાળો કાળી કાળું کالا کالی
    karuppu blk siyah
white w safed safaid safed. dholo dholi abyad abyadh ابيض أبيض بيضاء सफेद सफ़ेद સફેદ سفید سفيد vella wht
green g hara hari haro lilo lili leelo akhdar أخضر اخضر خضراء हरा हरी લીલો ہرا grn pacha
blue b neela nila neeli nilo azraq ازرق أزرق زرقاء नीला नीली વાદળી نیلا blu bhuro vadli
yellow y pila peela pili peeli pilo pelo pelu asfar اصفر أصفر صفراء पीला पीली પીળો پیلا ylw manja
grey gray ramadi رمادي ग्रे
brown bhura bunni بني भूरा brn
pink gulabi wardi وردي गुलाबी گلابی zahri زهري
orange' narangi burtuqali برتقالي
silver fiddi فضي chandi
gold golden dhahabi ذهبي
ivory ivori
clear transparent shaffaf شفاف
thick mota moto jado jadu jada thicc سميك मोटा જાડો heavy
thin patla patlo patli رفيع पतला પાતળો light'
long lamba lambi lambo lumbi taweel tawil طويل طويله लंबा लंबी લાંબો લાંબી لمبا لمبی longbody
short chota choti chhota chhoti nani nano qaseer قصير छोटा छोटी નાની નાનો
small s chota choti chhota chhoti nano nani nanu choto cheriya صغير صغيره الصغير छोटा छोटी નાનો નાની چھوٹا
    چھوٹی mini
big large l bada badi moti moto mota boro valiya kabeer كبير كبيره الكبير बड़ा बड़ी મોટો મોટી મોટું بڑا بڑی
    maxi jumbo جامبو لارج لارچ
medium med mid m متوسط وسط ميديم میڈیم मीडियम
xlarge xl extralarge اكس
plain saada sada sadharan saadah ساده सादा સાદો standard regular normal
round gol dairi दائري गोल मदور ગોળ مدور
wash washing soap sabun saboon sabon صابون صابن غسول ghasool handwash
half adha aadha नصف نص
full poora pura فل
new' naya jadid
whole sabut saboot akha akhi seed seeds beej حب حبوب بذور साबुत बीज આખા ثابت
roasted roast bhuna bhuni muhammas محمص محمصه भुना भुनी શેકેલ بھنا
hot garam har حار गरम گرم
cold thanda barid بارد
pipe paip pipes pype pip पाइप પાઇપ پائپ انبوب ماسوره مواسير بايب نلی
elbow elbo albow el ell kohni كوع اكواع एल्बो एल्बॉ એલ્બો ایلبو کہنی ninety'
tee t ti teee تي वाय टी ટી
coupler coupling socket joint joiner kapling kaplar سوكت वصلة وصله कपलर सॉकेट સોકેટ કપલર
reducer redusar reduser redyusar منقص रिड्यूसर રીડ્યુસર
union yunian yunion رباط यूनियन યુનિયન
valve val wal walve vaalv بلف بلوف محبس وालو वाल्व વાલ્વ والو
ball bol baal بول बॉल બોલ
cap ڈھکن غطاء dhakkan topi कैप કેપ endcap
plug plag بلج प्लग પ્લગ
flange flanj فلنجه फ्लैंज
bend bhend بند बेंड બેન્ડ
trap trep ٹریپ ट्रैप ટ્રેપ
tank tanki tanky tanko टंकी टैंक ટાંકી خزان ٹینک ٹنکی
tap nal tonti tuti toti chakli bibcock cock faucet حنفيه صنبور टोंटी नल ચકલی ચકલી ٹونٹی kaku
cock kok कॉक કોક
clamp clip klip saddle sadle sedal كليب مشبك क्लिप ક્લિપ सैडल સેડલ
brass pital peetal pittal nahas نحاس पीतल પિત્તળ پیتل
plastic plastik بلاستيك प्लास्टिक પ્લાસ્ટિક ptmt
steel istil ستيل स्टील સ્ટીલ loha
cement solution solvent gum sement adhesive glue لاصق غراء صمغ सॉल्यूशन सीमेंट સોલ્યુશન ગમ gond fevicol
tape teip tep teflon patti تيب شريط टेप ટેપ टेफ्लॉन टेफलोन ટેફલોન
thread chudi cudi tapering
connection connector kanekshan कनेक्शन કનેક્શન
angle angal زاويه एंगल એંગલ
ring washer' حلقه रिंग રીંગ
wire taar tar' tarr vayar wires waya سلك اسلاك واير तार वायर વાયર તાર تار وائر
cable kebal kebl cables كيبل كابل केबल કેબલ کیبل
switch swich suich swhich botan buttan सوئच स्विच સ્વિચ سويتش مفتاح مفاتيح سوئچ
socket soket sokit plug' sockets सॉकेट સોકેટ سوكيت ساکٹ بریز فيش برايز
breaker mcb قاطع قواطع ब्रेकर एमसीबी
plate pleit plet प्लेट પ્લેટ بليت
fan pankha pakha pankhe fans पंखा પંખો مروحه پنکھا fen
bulb balb lamp lemp لمبه لمبات بلب बल्ब બલ્બ لیمپ
light lait batti lights لايت اضاءه लाइट લાઈટ
tube tyub tubelight ट्यूब ટ્યુબ تيوب
holder holdar होल्डर હોલ્ડર حامل
bell ghanti जرس بيل घंटी બેલ
regulator regyuletar ریگولیٹر रेगुलेटर રેગ્યુલેટર
dimmer dimar डिमर
indicator indiketar इंडिकेटर
modular moduler modyular मॉड्यूलर
conduit kanduit कंड्यूट کنڈیوٹ
casing kesing केसिंग
box' dabba डिब्बा
board bord बोर्ड બોર્ડ لوحه
core kor कोर કોર
pole pol poles पोल પોલ پول
single sp 1p singlepole sngl singal सिंगल સિંગલ سنگل ek
double dp 2p doublepole dabal dbl डबल ડબલ ڈبل مزدوج
triple tp 3p triplepole tripal ट्रिपल ٹرپل
fourpole fp 4p फोरपोल
module modul m' modules मॉड्यूल
way we वे
ampere amp amps a
isolator aisoletar आइसोलेटर
fuse fyuz फ्यूज فيوز
charger charjar चार्जर
extension ekstenshan एक्सटेंशन
bleach clorox kloroks klorax chlorine بليتش كلوركس كلور مبيض قاصر mubayyid بلیچ
detergent surf tide ariel سرف تايد washing واشنگ वाशिंग सर्फ saboon' powder' منظف مسحوق munazzif munathif ڈٹرجنٹ
soap sabun saboon saabun sabon صابون صابن صابونه साबुन સાબુ صابن
dish dishes dishwash dishwashing dhone dhonay دھونے دهونے دهوني jali جلي صحون اطباق bartan برتن sa7oon
    so7oon
floor ardiyat ارضيات ارض فرش farsh
glass zujaj زجاج sheesha شیشہ qezaz
toilet harpic هاربيك ہارپک wc hammam حمام حمامات 7ammam 7amam bathroom latrine
disinfectant antiseptic moaqim mo3aqem معقم مطهر dettol ديتول mutahhir جراثیم
sanitizer sanitiser معقم
handwash hand yad يد يدين ايدي haath eed hathon
tissue tissues mandeel manadeel مناديل محارم kleenex ٹشو kalineks
garbage trash zibala zbala زباله نفايات قمامه kachra qomama کچرا kooda bin' كچرا
bags' akyas
gloves glove qaffaz قفاز قفازات جلفز dastana dastane دستانے gwantiyat quffazat jwantyat كفوف kafoof
insect killer insecticide raid pifpaf mortein حشرات قاتل مبيد بف باف مچھر machhar
foil قصدير فويل فوائل foyal
cling wrap film نايلون تغليف کلنگ فلم
cup cups كوب اكواب کپ
spoon spoons ملعقه ملاعق چمچ chamach chammach
fork forks شوك شوكه کانٹا
container containers علب حاويات حاويه ڈبے ڈبہ
microwave mw ميكرويف مائیکروویو
scourer steelwool سلك wool
squeegee wiper waiper وايبر قشاطه وائپر
phenyl phenol fenail فنيل फिनाइल فینائل
degreaser grease دهون مزيل
dust pan dustpan جاروف
shampoo شامبو شیمپو
napkin napkins نابكن محارم
mop mamsaha ممسحه mmsa7a poncha پونچھا پوچا mops
broom miknasa مكنسه mknsa jharu جھاڑو muknsa
brush fursha فرشاه برش furshat
bucket satl سطل balti بالٹی sa6l
sponge isfanj اسفنج سفنج سفنجه sfnj sfenj اسفنجه
freshener fresher mu3attir معطر muattar معطرات خوشبو m3tr m3attar airfreshener
air jaw جو هواء hawa
softener muna3im منعم منعمات mn3m comfort فابرك
fabric malabis ملابس kapray cloth clothes اقمشه
laundry ghaseel غسيل غسل ghasil washing
lemon laymoon limon laimoun ليمون lemoon leymoon نیبو نيبو lymon नींबू
lavender lavandar lavander لافندر خزامي khuzama
rose ward wardi रोज़ रोज ورد ورده gulab گلاب گلابی
pine sanobar صنوبر سنوبر sanawbar
jasmine yasmin yasmeen ياسمين yasmine فل
ocean bahr بحر بحري marine sea
apple tuffah toffah تفاح تفاحه seb سیب
oud oudh 3od 3oud 3ood عود
powder bodra podi podar pwdr pwd بودره بودرة مسحوق پاؤڈر पाउडर پاوڈر podra
liquid sael سائل سايل liqd محلول
cleaner cleaning munadhif munazzif منظف منظفات تنظيف cleanr
spray bakhakh بخاخ رذاذ اسپرے sprey
foam raghwa رغوه فوم
paper waraq ورق کاغذ
roll' rol رول
towel fota فوطه منشفه
wipes wipe مناديل'مبلله
hex hexagon hexagonal hx hexhead
cap' capscrew
bolt bolts blt screw screws tornillo tornillos perno pernos
screw screws scr scrw
nut nuts tuerca tuercas
washer washers wshr wsr washr arandela arandelas rondana rondanas
lock lk spring'
flat flats fl' plain' plana planas
socketcap allen
stainless ss inox استانلس स्टेनलेस
galvanized galv hdg galvanised zinc' gi
zinc zn zp plated zinc-plated zincplated
anchor anchors
threadlocker loctite locktite
rivet rivets
toggle toggles
wedge wedges
rod rods allthread
threaded thd thrd threadedrod
carriage carr crg
lag lags
drywall drywal
wood woodscrew
self drilling self-drilling selfdrilling tek teks sds
phillips phil ph'
pan' panhead
button btn'
countersunk csk flathead
nylon ny
coarse unc nc
fine unf nf
mixed mix mixture' مشكل مكس मिक्स मिक्सچر assorted muhakkal مكسچر mushakal moshakal
egyptian masri مصري
indian hindi' هندي
strong qawi قوي heavyduty
soft naaim ناعم
dry jaf جاف
refill ريفيل تعبئه
classic original اصلي كلاسيك asli असली
sheet sheets sheet' رقائق ورق pastry patti'
pistachio fustuq festo2 fosto2 فستق pista pisteh
honey asal عسل shahad
egg eggs bayd بيض anda
chicken dajaj دجاج murgh murgi
fish samak سمك machli macchi
meat lahm لحم gosht
garlic thoom ثوم lahsun lehsun
onion basal بصل pyaz pyaaz
ginger zanjabeel زنجبيل adrak
potato batata بطاطا بطاطس aloo alu
tomato tamat طماط طماطم tamatar
kitchen matbakh مطبخ rasoi
multi multipurpose متعدد
carpet sijad سجاد qaleen
wood' khashab خشب
metal madan معدن
hook hooks hook' hooked
ceiling saqf سقف chhat
wall jidar جدار deewar wallmount
outdoor kharji خارجي
indoor dakhli داخلي
waterproof مقاوم
copper' nuhas نحاس tamba तांबा
earth earthing arthing ground अर्थ
neutral nutral न्यूट्रल
flexible flexi flx लचीला مرن
meter' mitar
tester testar टेस्टर
plug pin' plag पिन प्लग
bulb' blub
flood फ्लड
street सड़क
panel penal पैनल
exhaust eksaust एग्जॉस्ट
submersible samarsibal samarsible submarsible सबमर्सिबल समरसिबल
batten battan patti' बैटन
downlight panel' downlite
warm warmwhite ww peela'
cool coolwhite cw thanda
distribution db
junction jn jb
rccb elcb
insulation insulating
square chokor chaukor chokhat chauras चौकोर चौरस مربع چوکور sq
geyser gizar गीजर
grade gr gd grd
metric met'
steel' stl
alloy aly
turmeric haldi manjal holud kurkum كركم ہلدی ھلدی हल्दी হলুদ હળદર manjalpodi
chilli chili chilly mirch mirchi mulaku morich lalmirch filfil flfl فلفل مرچ मिर्च মরিচ મરચું
coriander dhania dhaniya malli kuzbara kozbara كزبره دھنیا धनिया ধনিয়া ધાણા dhonia
cumin jeera zeera jira jeerakam kamoun kamoon كمون زیرہ जीरा জিরা જીરું zira
pepper kalimirch kurumulaku golmorich filfilaswad
cardamom elaichi elakka ilaichi hel هيل الائچی इलायची এলাচ
cinnamon dalchini qirfa قرفه دارچینی
clove cloves laung mismar qaranful قرنفل مسمار لونگ
rice chawal ari arisi aish 3aish chal رز ارز عيش چاول चावल চাল ચોખા timman تمن
lentil lentils masoor masur mosur adas عدس مسور मसूर মসুর parippu
chickpea chickpeas chole chana hummus 7ommos حمص دنقو چنے छोले kadala chola چنا kabuli
flour atta aata maida طحين دقيق آٹا आटा আটা
sugar cheeni chini shakar sukkar سكر چینی चीनी
salt namak milh ملح نمک नमक
oil tel zait زيت تیل तेल
dates date tamr tamar khajur khajoor تمر تمور کھجور
sesame til simsim simsom سمسم ellu تل तिल
tahini tahina tahineh t7ina t7ine طحينه
semolina suji sooji rava smeed سميد सूजी
vermicelli semai semiya sheriya شعيريه سوئیاں
juice aseer عصير جوس
mango manjo مانجو آم aam manga
guava jawafa جوافه amrood
paratha porotta parotta parata barata براتا پراٹھا पराठा পরোটা parantha porota
samosa sambosa sambusa سمبوسه sambosak
chickpeaflour besan بيسن beshon
blackgram urad uzhunnu
mung moong mug ماش
pigeonpea toor tuvar arhar
kidneybeans rajma لوبيا لوبیا राजमा
mustard sarson rai khardal خردل
fennel saunf perumjeerakam shomar شومر yansoon
fenugreek methi hulba حلبه uluva
water pani ma2 may ماء پانی पानी
tea chai shai شاي چائے चाय
milk doodh haleeb حليب دودھ
coconut thenga narial jوز nariyal
green' hara
premium super deluxe malaki ملكي فاخر
economy value saver
aluminium aluminum almunium المنيوم एल्युमिनियम
copper tamba nuhas تامبا तांबा
rubber matat مطاط रबर ربڑ
cotton qutn قطن कॉटन
microfiber microfibre مايكروفايبر
wooden khashab خشب لकड़ी
handle yad' مقبض عصا stick'
scented mu3attar معطر'
antibacterial مضاد بكتيريا
"""


def _load() -> dict[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for number, row in enumerate(letters.rows(_GROUPS)):
        for word in row.replace("'", "").split():
            table.setdefault(letters.fold(word).text, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in table.items()}


GROUPS = _load()
# The groups that describe rather than name: a mention made only of these leans on what was said before.
_ATTRIBUTE_HEADS = (
    "red black white green blue yellow grey brown pink silver gold ivory clear thick thin long "
    "short small big half full "
    "medium xlarge plain round square hot cold single double triple fourpole premium economy coarse fine"
)
ATTRIBUTE_WORDS = frozenset(
    word
    for word, numbers in GROUPS.items()
    if numbers & frozenset().union(*(GROUPS.get(head, frozenset()) for head in _ATTRIBUTE_HEADS.split()))
)


# Short names that say several words at once; an item fits by the share of them that it has.
COMPOUNDS = {
    word: tuple(parts.split())
    for word, parts in (
        ("hcs", "hex cap screw"),
        ("hhcs", "hex cap screw"),
        ("hhb", "hex bolt"),
        ("shcs", "socket cap screw"),
        ("bhcs", "button cap screw"),
        ("fhcs", "flat cap screw"),
        ("nylock", "nylon lock nut"),
        ("nyloc", "nylon lock nut"),
        ("nylok", "nylon lock nut"),
        ("locknut", "lock nut"),
        ("fw", "flat washer"),
        ("lw", "lock washer"),
        ("atr", "threaded rod"),
        ("allthread", "threaded rod"),
        ("sms", "sheet metal screw"),
        ("tek", "self drilling"),
        ("teks", "self drilling"),
        ("hn", "hex nut"),
        ("hwh", "hex washer head"),
        ("yz", "yellow zinc"),
        ("bo", "black oxide"),
        ("fhms", "flat head machine screw"),
        ("pphms", "pan head machine screw"),
        ("hdg", "galvanized"),
        ("handwash", "hand wash"),
        ("dishwash", "dish wash"),
        ("bathroom", "toilet"),
        ("tubelight", "tube light"),
    )
}
# Letters of a catalogue that a customer may spell out.
INITIALS = {
    "sp": ("single", "pole"),
    "dp": ("double", "pole"),
    "tp": ("triple", "pole"),
    "fp": ("four", "pole"),
    "spn": ("single", "pole", "neutral"),
    "tpn": ("triple", "pole", "neutral"),
}
COLOUR_LETTERS = frozenset("rybgnw")


def groups(word: str) -> frozenset[int]:
    """The meaning groups a folded word belongs to (empty where the lexicon does not know it)."""
    found = GROUPS.get(word)
    if found is None and word.endswith("s") and len(word) > 3:
        found = GROUPS.get(word[:-1])
    if found is None and word.startswith("ال") and len(word) > 4:
        found = GROUPS.get(word[2:])
    if found is None:
        short = letters.acronym(word)
        found = GROUPS.get(short) if short else None
    return found or frozenset()
