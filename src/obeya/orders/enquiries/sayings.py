"""What customers are told of prices, stock, complaints and the rest, in their languages: pure.

Every text exists in every language of `phrases`, and fills in the same names in each.
"""

from __future__ import annotations

from collections.abc import Mapping

from obeya.orders.enquiries import phrases

_ISOLATED = ("ar", "ur")
TEXTS: Mapping[str, Mapping[str, str]] = {
    "prices": {
        "en": "Your prices today, {on}:",
        "hi": "आज {on} को आपके दाम:",
        "gu": "આજે {on} ના રોજ આપના ભાવ:",
        "ar": "أسعاركم اليوم {on}:",
        "ur": "آج {on} کو آپ کے دام:",
    },
    "from": {
        "en": "from {quantity} {uom}: {price}",
        "hi": "{quantity} {uom} से: {price}",
        "gu": "{quantity} {uom} થી: {price}",
        "ar": "من {quantity} {uom}: {price}",
        "ur": "{quantity} {uom} سے: {price}",
    },
    "which": {
        "en": "“{words}” can be one of these; which one do you mean?",
        "hi": "“{words}” इनमें से कोई भी हो सकता है; आपका मतलब कौन सा है?",
        "gu": "“{words}” આમાંથી કોઈ પણ હોઈ શકે; આપ કયું કહો છો?",
        "ar": "“{words}” قد يكون أحد هذه؛ أيها تقصدون؟",
        "ur": "“{words}” ان میں سے کوئی بھی ہو سکتا ہے؛ آپ کی مراد کون سا ہے؟",
    },
    "substitute": {
        "en": "{item} is no longer sold. In its place:",
        "hi": "{item} अब नहीं बिकता। इसकी जगह:",
        "gu": "{item} હવે વેચાતું નથી. એની જગ્યાએ:",
        "ar": "{item} لم يعد يُباع. بدلاً منه:",
        "ur": "{item} اب نہیں بکتا۔ اس کی جگہ:",
    },
    "stock": {
        "en": "Stock as of {at} (not reserved for you):",
        "hi": "{at} तक का स्टॉक (आपके लिए आरक्षित नहीं):",
        "gu": "{at} સુધીનો સ્ટોક (આપના માટે અનામત નથી):",
        "ar": "المخزون حتى {at} (غير محجوز لكم):",
        "ur": "{at} تک کا اسٹاک (آپ کے لیے محفوظ نہیں):",
    },
    "there": {
        "en": "{item}: available",
        "hi": "{item}: उपलब्ध है",
        "gu": "{item}: ઉપલબ્ધ છે",
        "ar": "{item}: متوفر",
        "ur": "{item}: دستیاب ہے",
    },
    "there_much": {
        "en": "{item}: {quantity} {uom} available",
        "hi": "{item}: {quantity} {uom} उपलब्ध",
        "gu": "{item}: {quantity} {uom} ઉપલબ્ધ",
        "ar": "{item}: المتوفر {quantity} {uom}",
        "ur": "{item}: {quantity} {uom} دستیاب",
    },
    "not_that_much": {
        "en": "{item}: {quantity} {uom} are not available now",
        "hi": "{item}: {quantity} {uom} अभी उपलब्ध नहीं है",
        "gu": "{item}: {quantity} {uom} હમણાં ઉપલબ્ધ નથી",
        "ar": "{item}: {quantity} {uom} غير متوفر حالياً",
        "ur": "{item}: {quantity} {uom} ابھی دستیاب نہیں",
    },
    "not_there": {
        "en": "{item}: not available now",
        "hi": "{item}: अभी उपलब्ध नहीं है",
        "gu": "{item}: હમણાં ઉપલબ્ધ નથી",
        "ar": "{item}: غير متوفر حالياً",
        "ur": "{item}: ابھی دستیاب نہیں",
    },
    "complaint": {
        "en": "We are sorry about this. Your complaint is noted under {reference}; our people look into it"
        " now and will come back to you.",
        "hi": "इसके लिए हमें खेद है। आपकी शिकायत {reference} के तहत दर्ज है; हमारे लोग अभी देख रहे हैं और आपको जवाब देंगे।",
        "gu": "આ માટે અમે દિલગીર છીએ. આપની ફરિયાદ {reference} હેઠળ નોંધાઈ છે; અમારા લોકો જોઈ રહ્યા છે"
        " અને આપને જવાબ આપશે.",
        "ar": "نعتذر عن ذلك. سُجلت شكواكم برقم {reference}، وفريقنا ينظر فيها الآن وسيرد عليكم.",
        "ur": "ہمیں اس پر افسوس ہے۔ آپ کی شکایت {reference} کے تحت درج ہے؛ ہمارے لوگ اسے ابھی دیکھ رہے ہیں"
        " اور آپ کو جواب دیں گے۔",
    },
    "notice": {
        "en": "Thank you for letting us know. Your notice is with our planners under {reference}.",
        "hi": "सूचना के लिए धन्यवाद। आपकी सूचना {reference} के तहत हमारी योजना टीम के पास है।",
        "gu": "જાણ કરવા બદલ આભાર. આપની સૂચના {reference} હેઠળ અમારી આયોજન ટીમ પાસે છે.",
        "ar": "شكراً لإعلامنا. إشعاركم لدى فريق التخطيط برقم {reference}.",
        "ur": "اطلاع کا شکریہ۔ آپ کی اطلاع {reference} کے تحت ہماری منصوبہ بندی ٹیم کے پاس ہے۔",
    },
    "greeting": {
        "en": "Hello! Write what you need, or ask for a price, for stock or where your order is.",
        "hi": "नमस्ते! जो चाहिए वह लिखें, या दाम, स्टॉक या अपने ऑर्डर के बारे में पूछें।",
        "gu": "નમસ્તે! જે જોઈએ તે લખો, અથવા ભાવ, સ્ટોક કે આપના ઓર્ડર વિશે પૂછો.",
        "ar": "مرحباً! اكتبوا ما تحتاجونه، أو اسألوا عن سعر أو مخزون أو عن طلبكم.",
        "ur": "سلام! جو چاہیے وہ لکھیں، یا دام، اسٹاک یا اپنے آرڈر کے بارے میں پوچھیں۔",
    },
    "suggest_payment": {
        "en": "Thank you, we have your payment note. Our accounts will check it and tell you if something is"
        " missing.",
        "hi": "धन्यवाद, आपके भुगतान की सूचना मिल गई है। हमारा लेखा विभाग जाँच करेगा और कुछ कमी हो तो बताएगा।",
        "gu": "આભાર, આપની ચુકવણીની જાણ મળી છે. અમારો હિસાબ વિભાગ તપાસ કરશે અને કંઈ ખૂટતું હોય તો જણાવશે.",
        "ar": "شكراً، وصلنا إشعار الدفع. سيراجعه قسم الحسابات ويخبركم إن نقص شيء.",
        "ur": "شکریہ، آپ کی ادائیگی کی اطلاع مل گئی ہے۔ ہمارا حسابات کا شعبہ جانچ کر کے"
        " کوئی کمی ہو تو بتائے گا۔",
    },
    "suggest_price": {
        "en": "Thank you for asking. We check the prices and come back to you shortly.",
        "hi": "पूछने के लिए धन्यवाद। हम दाम देखकर जल्द ही आपको बताते हैं।",
        "gu": "પૂછવા બદલ આભાર. અમે ભાવ જોઈને જલદી જણાવીએ છીએ.",
        "ar": "شكراً لسؤالكم. نراجع الأسعار ونعود إليكم قريباً.",
        "ur": "پوچھنے کا شکریہ۔ ہم دام دیکھ کر جلد آپ کو بتاتے ہیں۔",
    },
    "suggest_stock": {
        "en": "Thank you for asking. We check the stock and come back to you shortly.",
        "hi": "पूछने के लिए धन्यवाद। हम स्टॉक देखकर जल्द ही आपको बताते हैं।",
        "gu": "પૂછવા બદલ આભાર. અમે સ્ટોક જોઈને જલદી જણાવીએ છીએ.",
        "ar": "شكراً لسؤالكم. نراجع المخزون ونعود إليكم قريباً.",
        "ur": "پوچھنے کا شکریہ۔ ہم اسٹاک دیکھ کر جلد آپ کو بتاتے ہیں۔",
    },
    "suggest_status": {
        "en": "Thank you for asking. We look up where your order is and come back to you shortly.",
        "hi": "पूछने के लिए धन्यवाद। हम देखते हैं कि आपका ऑर्डर कहाँ है और जल्द ही बताते हैं।",
        "gu": "પૂછવા બદલ આભાર. આપનો ઓર્ડર ક્યાં છે તે જોઈને જલદી જણાવીએ છીએ.",
        "ar": "شكراً لسؤالكم. نتحقق من مكان طلبكم ونعود إليكم قريباً.",
        "ur": "پوچھنے کا شکریہ۔ ہم دیکھتے ہیں کہ آپ کا آرڈر کہاں ہے اور جلد بتاتے ہیں۔",
    },
    "suggest_complaint": {
        "en": "We are sorry about this. We look into it at once and come back to you.",
        "hi": "इसके लिए हमें खेद है। हम तुरंत देखते हैं और आपको जवाब देते हैं।",
        "gu": "આ માટે અમે દિલગીર છીએ. અમે તરત જ જોઈએ છીએ અને આપને જવાબ આપીએ છીએ.",
        "ar": "نعتذر عن ذلك. ننظر في الأمر فوراً ونعود إليكم.",
        "ur": "ہمیں اس پر افسوس ہے۔ ہم فوراً دیکھتے ہیں اور آپ کو جواب دیتے ہیں۔",
    },
    "suggest_cancel": {
        "en": "We have your wish to cancel. We check how far the order is and confirm it to you.",
        "hi": "आपका रद्द करने का अनुरोध मिल गया है। हम देखते हैं कि ऑर्डर कहाँ तक पहुँचा है और आपको बताते हैं।",
        "gu": "આપની રદ કરવાની વિનંતી મળી છે. ઓર્ડર ક્યાં સુધી પહોંચ્યો છે તે જોઈને આપને જણાવીએ છીએ.",
        "ar": "وصلنا طلب الإلغاء. نتحقق إلى أين وصل الطلب ونؤكد لكم.",
        "ur": "آپ کی منسوخی کی درخواست مل گئی ہے۔ ہم دیکھتے ہیں کہ آرڈر کہاں تک پہنچا ہے"
        " اور آپ کو بتاتے ہیں۔",
    },
    "suggest_other": {
        "en": "Thank you for your message. We look at it and come back to you shortly.",
        "hi": "आपके संदेश के लिए धन्यवाद। हम इसे देखकर जल्द ही आपको जवाब देते हैं।",
        "gu": "આપના સંદેશ માટે આભાર. અમે એ જોઈને જલદી જવાબ આપીએ છીએ.",
        "ar": "شكراً لرسالتكم. ننظر فيها ونعود إليكم قريباً.",
        "ur": "آپ کے پیغام کا شکریہ۔ ہم اسے دیکھ کر جلد آپ کو جواب دیتے ہیں۔",
    },
}


def say(what: str, language: str, **values: str) -> str:
    """One text in `language`, with its values; those keep their own direction in Arabic and Urdu."""
    texts = TEXTS[what]
    told = language if language in texts else phrases.FALLBACK
    if told in _ISOLATED:
        values = {name: f"\u2068{value}\u2069" for name, value in values.items()}
    return texts[told].format(**values)
