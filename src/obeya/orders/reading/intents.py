"""What a message wants, from its cue words, the thread and whether it holds lines."""

import re
from dataclasses import dataclass

from obeya.orders.reading import letters


def _rx(text: str) -> re.Pattern[str]:
    folded = sorted({letters.fold(w.replace("_", " ")).text for w in text.split()}, key=len, reverse=True)
    return re.compile(r"(?<![^\W_])(?:" + "|".join(re.escape(w) for w in folded) + r")(?![^\W\d_])")


_CANCEL = _rx(
    """cancel cancelled canceled cancellation cancle cansel الغاء إلغاء الغي الغوا الغو ألغي نلغي
    تلغي elgha elghi elghou ilgha rehne_do rehne_den rehnedo rad_karo radd kensal
    कैंसिल रद्द रहने_दो કેન્સલ રદ કેન્સલ کینسل منسوخ بند_کر batil bandh_rakho
    cancel_cheyyu vendaa order_venda nako_to_order"""
)
_COMPLAINT = _rx(
    """complaint complain damaged damage broken broke breakage leak leaking leaked leakage defective
    defect faulty fault kharab kharaab toota tuta toote tute tooti tuti_hui phuta
    tapke tapakta tapakti tapak_raha loose_aave loose_aata dheela not_fitting
    not_working nahi_chal_raha
    band_pad wrong galat expired expiry mouldy smell stones bad_quality poor_quality short_received
    shortage short_supply was_short were_short cartons_short ctn_short ctns_short boxes_short
    box_short bags_short peti_short rolls_short pcs_short
    nag_short short_tha short_the missing replace replacement return credit_note refund rusted rust
    stripped reject rejected scratch scratched nikla nikli nikle nikalya tut_gaya
    mis-shipped misshipped
    مكسور مكسوره خربان خرابه تالف تالفه مفتوح طعمها شكوي شكوى ناقص ناقصه غلط منتهي
    استبدال ارجاع خايس
    خايسه معيوب تسرب يسرب maksoor 5arban kharban
    खराब टूटा टूटे टूटी शिकायत गलत निकला निकले वापस ખરાબ તૂટેલા તૂટેલી તૂટેલું ફરિયાદ
    બદલી خراب ٹوٹا ٹوٹی شکایت کم_نکلا غلط leakage_hai jal_gaya jali_hui
    complain_hai wapas wapis wapsi lautana shorted short-shipped shortshipped geela geele geeli bheega
    گیلے گیلا گیلی واپس भीगा भीगे गीला गीले गीली"""
)
_STATUS = _rx(
    """status where when_will when_is tracking track dispatched shipped dispatch_details
    dispatch_status pending still_pending not_received not_arrived not_reached eta lr_number lr_no
    bilty_no awb pod
    kab kab_tak kahan kaha kidhar nahi_aaya nahi_aayi nahi_mila nahi_mili nahi_pahucha nahi_pahuncha
    pahucha pahuncha_nahi aaya_nahi kyare kya_re kyan kya_pahochyu pohchyo
    وين متى اين أين لسه_ما ما_وصل ما_وصلت ما_وصلتنا وصلت وصل_الطلب تاخر تأخر تاخرت
    wain wen wein feen
    fein emta lissa ma_wesel ma_wasal wesel
    कब कहां कहाँ नहीं_आया नहीं_पहुंचा ક્યારે ક્યાં નથી_આવ્યો નથી_મળ્યો کب کہاں
    نہیں_آیا نہیں_پہنچا نہیں_ملا eppo eppol varum kittiyilla kittiyilla kothay kobe
    aseni ashe_nai backordered back-ordered"""
)
_PRICE = _rx(
    """price prices price_list pricelist rate_list rate_kya kya_rate rate_batao rate_bata rate_bhejo
    rate_do rates rate quote quotation quot rfq cost how_much kitna_hai kitne_ka kitne_ki kitne_me
    bhav bhaav su_bhav kya_bhav discount catalogue catalog moq minimum_order
    minimum_quantity dealership
    dealer_price terms do_you_charge you_charge
    سعر بسعر السعر الاسعار اسعار أسعار بكم كم_سعر شو_سعر شو_السعر عرض_سعر قائمة_الاسعار استفسار bkam
    bikam b_kam kam_se3r se3r si3r
    रेट भाव कीमत दाम कितने ભાવ રેટ કેટલા قیمت ریٹ کتنے_کا کتنے kitna etra rate_etra dam_koto koto"""
)
_STOCK = _rx(
    """stock availability available in_stock ex-stock ex_stock ready_stock lead_time uplabdh hai_kya
    milega mil_jayega mil_sakta milegi hai_kya_stock padyu_chhe male_chhe
    checked_stock متوفر متوفره موجود موجوده عندكم_مخزون مخزون mawjood mojood mutawafer متاح
    स्टॉक उपलब्ध है_क्या मिलेगा સ્ટોક મળશે اسٹاک دستیاب ملے_گا ase achhe undo"""
)
_PAYMENT = _rx(
    """payment paid pay payment_advice remittance transfer transferred neft rtgs imps utr cheque
    check_no chq receipt ledger outstanding balance statement account_statement paise_bhej
    paisa_bhej
    paise_transfer advance due_amount gpay phonepe upi bank_transfer deposit deposited invoice_copy
    overdue ach wire_transfer
    حواله حوالة تحويل حولت حولنا نحول سداد دفع الدفع دفعنا الحساب حساب كشف_حساب كشف رصيد سند شيك
    تم_تحويل 7awelt 7awalt hawala
    भुगतान पेमेंट चेक बैलेंस खाते पैसे ચેક પેમેન્ટ હિસાબ ચુકવણી ادائیگی پیمنٹ چیک حساب rtgs_kar"""
)
_ORDERING = _rx(
    """order book supply send bhej bhejo bhejna bhejdo bhejiye likh likho lakho lakhjo moklo mokli
    moklavjo deliver dispatch arrange need required require want process_attached attached_po pfa
    ابغى ابغا نبغى ابي نبي ابغي نبغي بدنا بدي اريد نريد توريد ارسل ارسلوا وصلوها bdna abgha bdi
    भेज भेजो लिख लिखो मोकलो મોકલો મોકલજો લખો بھیج بهيج pathva den pathan"""
)
_CHANGE = _rx(
    """add increase reduce change changed revise revised amend amendment correction correct instead
    sorry update modify make_it jod jodo daal dal_do hata hatao badha badhao badal kam_kar ki_jagah
    nahi not remove
    umero umerjo umeri vadharo nathi_joiti nathi_joito nathi_joitu karjo karo
    navi_line also bhi aur and
    extra plus skip delete cut increase_to raise
    زيد زيدوا ضيف اضف بدل نزل خلها خليها عدل تعديل غير سامحني لا dif zid mesh badal
    जोड़ जोड़ो हटा हटाओ बदल नहीं बढ़ा भी और ઉમેરો ઉમેરજો કરજો નહીં બદલે اور شامل ہٹا
    بدل نہیں کی_جگہ venda pakaram koodi um mathram kar_do cheyyanda aakk rakho"""
)
_REPEAT = _rx(
    """repeat repeat_order same_as_last same_as_before same_order same_again last_order_again
    pichla_order pichle_wala pichla_wala pichhla previous_order last_order reorder re-order
    gaya_order gaye_order sarkhach sarkha jevuj
    wahi_order vahi_order wohi usual_order same_as as_last pichli_bar_wala
    pichli_baar_wala phir_se dobara
    نفس_الطلب نفس_الطلبيه نفس_الطلبية نفس_طلب الطلب_السابق مثل_المره نفسها الطلبيه_الاخيره نفس_اللي
    nfs_talab nafs_el_talab nafs_talab nafs_el_order nafs_eltalab nfs_eltalab zay_el_marra
    पिछला_ऑर्डर पिछला_वाला रिपीट वही_ऑर्डर फिर_से ગયા_ઓર્ડર ગયો_ઓર્ડર રિપીટ જેવું_જ
    پچھلا_آرڈر پچھلے_آرڈر وہی_آرڈر دوبارہ ager_bar kazhinja_order pazhaya_order
    athe_order"""
)
_QUESTION = re.compile(
    r"[?]|(?<![^\W_])(?:kya|kyaa|su|shu|शु|क्या|શું|کیا|shoo|shu|shou|شو|كم|هل|how|what|when|where"
    r"|can you|could you|ase|undo|etra|koto|mathiyo)(?![^\W_])"
)
_NO_ORDER = _rx(
    """
    rate_bhejo rate_bhej rate_batao rate_bata naya_rate new_rate price_list new_price share_price
    share_your do_you_have minimum_quantity how_many available_or_not send_rate
    send_price send_quote
    best_price best_rate rate_do_na bhav_moklo bhav_su ભાવ_મોકલો रेट_भेजो रेट_बताओ
    रेट_भेजें ریٹ_بتائیں
    ارسل_سعر كم_سعر تزويدنا_بسعر do_not_dispatch not_an_order quotation_only only_quotation approx
    only_enquiry enquiry inquiry just_asking before_we_raise order_will_be to_confirm_later
    confirm_stock no_order
    """
)
_FIRM = _rx(
    """
    book bhej_do bhej_dena bhej_dijiye bhejdo likh_lo likh_do laga_do pack_kar_do nikal_do send_it
    supply_it go_ahead confirm_it place_the_order book_it moklo mokli_do moklavjo pathva pathav
    भेज_दो लिख_लो મોકલો મોકલી_દો بھیج_دیں ارسلوا ارسلوها
    """
)
_WHOLE = _rx(
    """
    poora pura poora_order pura_order whole full entire sab all entire_order order wala po lpo
    order_cancel الطلب الطلبيه الطلبية كامل पूरा पूरे ऑर्डर આખો ઓર્ડર آرڈر پورا in_full order_no
    """
)


_BILL = _rx("invoice bill bills udhar udhaar khata فاتوره الفاتوره والفاتوره فواتير ندفعها بل بیل बिल બિલ")
_PAST = _rx(
    """last_time last_lot last_order last_supply last_delivery last_month last_week previous earlier
    pichli pichle pichla gaya_vakhate gayi_bar
    pichli_baar pichli_bar पिछली पिछले گزشتہ پچھلی المره_الماضيه المره_اللي_فاتت
    الماضي ago yesterday received delivered tha thi the hatu hati"""
)


def is_complaint(text: str) -> bool:
    """Whether a folded text complains."""
    return _COMPLAINT.search(text) is not None


def is_payment(text: str) -> bool:
    """Whether a folded text speaks of paying or of a bill."""
    return _PAYMENT.search(text) is not None or _BILL.search(text) is not None


def is_past(text: str) -> bool:
    """Whether a folded text speaks of an earlier delivery."""
    return _PAST.search(text) is not None


@dataclass(frozen=True, slots=True)
class Cues:
    """How many cue words of each kind a folded text holds."""

    cancel: int
    complaint: int
    status: int
    price: int
    stock: int
    payment: int
    ordering: int
    change: int
    repeat: int
    question: int
    no_order: int
    whole: int
    insists: int


def cues(text: str) -> Cues:
    """Count the cues in a folded text."""
    rxs = (
        _CANCEL,
        _COMPLAINT,
        _STATUS,
        _PRICE,
        _STOCK,
        _PAYMENT,
        _ORDERING,
        _CHANGE,
        _REPEAT,
        _QUESTION,
        _NO_ORDER,
        _WHOLE,
    )
    counts = (len({m.group() for m in rx.finditer(text)}) for rx in rxs)
    return Cues(*(*counts, _insists(text)))


def _insists(text: str) -> int:
    """1 where an order follows what was asked ("is it there? send it", "tell the price and book"), or 0."""
    asked = [m.end() for rx in (_QUESTION, _NO_ORDER, _PRICE, _STOCK) for m in rx.finditer(text)]
    firm = [m.start() for m in _FIRM.finditer(text)]
    return int(bool(asked and firm) and firm[-1] >= max(asked))


def decide(
    found: Cues,
    *,
    lines: int,
    strong: int,
    has_thread: bool,
    attached: bool,
    removes: int,
    touched: int = 0,
    loose: int = 0,
) -> tuple[str, float]:
    """The intent of a message and how sure that is.

    `lines` are cut lines with a quantity, `strong` those whose item is clear;
    `removes` lines taken back;
    `loose` quantities of something unknown, or of anything under an order's number; `touched` mentions of
    the order that stands in the thread.
    """
    if has_thread and not attached:
        of_order = _of_standing(found, lines, strong, removes, touched)
        if of_order is not None:
            return of_order
    if found.cancel and not attached and strong - removes <= 0 and (has_thread or found.whole or not lines):
        return "cancel", 0.9
    topic, hits = _topic(found)
    told = attached or found.complaint or found.status or found.payment
    if found.insists and lines and not told:
        return "order", 0.7
    if found.no_order and hits and not attached and (strong <= 2 or not found.ordering):
        return ("price_query" if found.price >= found.stock and topic != "stock_query" else topic), 0.8
    if attached:
        return ("order_change" if has_thread and found.change > 1 else "order"), 0.9
    if found.repeat and not found.status and not found.complaint:
        return "order", 0.9
    if strong and not _asks_only(found, strong, hits):
        if has_thread:
            return "order_change", 0.75
        return "order", 0.95 if found.ordering or strong >= 2 else 0.85
    if hits:
        return topic, min(0.9, 0.6 + 0.15 * hits)
    if strong or loose or (lines and found.ordering):
        return "order", 0.6 if strong else 0.5
    return "greeting_or_other", 0.7 if not lines else 0.4


def _topic(found: Cues) -> tuple[str, int]:
    """What is mostly asked or told besides orders, and by how many cues."""
    asks = {
        "complaint": found.complaint,
        "status_query": found.status,
        "price_query": found.price + (0 if found.stock and not found.price else found.no_order),
        "stock_query": found.stock,
        "payment": found.payment,
    }
    return max(asks.items(), key=lambda pair: pair[1])


def _of_standing(
    found: Cues, lines: int, strong: int, removes: int, touched: int
) -> tuple[str, float] | None:
    """What a message wants of the order that stands in the thread: cancel it, change
    it, or None."""
    asking = found.complaint + found.status + found.payment
    asking += found.price + found.stock if found.question else 0
    changing = found.change + removes
    if found.cancel and not (lines and touched) and not (removes and lines):
        return "cancel", 0.85
    names = strong or touched
    if (lines and names and (changing or not asking)) or (touched and changing and not asking):
        return "order_change", 0.85 if changing else 0.7
    return None


def _asks_only(found: Cues, strong: int, hits: int) -> bool:
    """Whether the numbers and items only belong to a question, a complaint or a payment."""
    if not hits:
        return False
    if found.complaint >= 2 or found.status >= 2:
        return strong <= 2
    if found.payment >= 2 and not found.ordering:
        return strong <= 2
    if (
        found.question
        and not (found.ordering and strong >= 2)
        and (found.price or found.stock or found.status)
    ):
        return strong <= 2
    return strong <= 1 and found.ordering == 0 and (found.complaint + found.status + found.payment) > 0
