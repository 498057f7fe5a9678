# ruff: noqa: RUF001
"""What people write back, and what it counts as. The list is the judgement: in doubt, it is a stop."""

import pytest

from nudgekit.law.wording import intent_of

STOP = r"""
STOP
stop
Stop.
 stop
STOP!!!
"STOP"
'stop'
“Stop”
*STOP*
STOP PLEASE
please stop
Pls stop
plz stop now
Stop it
stop this
stop all
STOPALL
Stop thanks
stop stop stop
S.T.O.P
s t o p
stopp
sotp
🛑
🛑🛑
STOP to end
Stop, I already bought it
Stop! I mean it.
ok stop
Hi, stop
STOP 🙏
STOP\n\nSent from my phone
> Your cart is waiting. Reply STOP to opt out.\nstop
stop texting me
Stop texting
stop sending me messages
Please stop sending these
Please stop sending these messages
STOP SENDING ME TEXTS
can you stop texting me
could you please stop messaging me?
will you stop bothering me
why don't you stop texting me
if you don't stop texting me I will call my lawyer
you never stop sending ads
stop the spam
stop spamming me
stop with the promotions
stop all these messages
quit
Quit it
quit texting me
quit bugging me
END
end
end it now
revoke
I revoke my consent
I hereby revoke consent to be texted
I withdraw my consent
cancel
Cancel please
cancel my subscription
Cancel these texts
cancel all messages
unsubscribe
Unsubscribe me
please unsubscribe me
UNSUBSCRIBE!!!
unsuscribe
unsub
how do I unsubscribe?
I want to unsubscribe
I'd like to be unsubscribed
get me unsubscribed
can I unsubscribe from this
opt out
OPT-OUT
optout
opt me out
I want to opt out
I am opting out
I opted out last week!
remove me
Remove me from your list
please remove my number
remove this number from your database
delete my number
delete me from your list
take me off your list
take my name off this list
get me off this list
take me off
don't text me
Don’t text me
do not text me again
DO NOT CONTACT ME
never contact me again
don't message me anymore
do not call
don't send me any more messages
Please do not send me texts
do not send me this stuff
I don't want these messages
I do not want to receive messages
I don't want any more texts
I do not wish to receive your offers
I no longer want to get your ads
I don't need any more reminders
I don't want to hear from you
no more
No more texts
no more messages please
no further messages
enough
Enough already!
leave me alone
Leave me the hell alone
lose my number
go away
wrong number
Wrong number!
Sorry, wrong number
not interested
Not interested, thanks
fuck off
I'm blocking you
I will report you
I want out
count me out
cease and desist
Help! stop texting me
START STOP
yes stop
I like you but stop texting me
i said stop
arret
Arrêt
ARRÊTEZ
désabonner
je veux me désabonner
désabonnez-moi
arrêtez de m'envoyer des messages
ne m'envoyez plus de sms
stop svp
baja
Darme de baja por favor
quiero darme de baja
no quiero más mensajes
No me envíen más mensajes
dejen de mandarme mensajes
basta
parar
abmelden
Bitte abmelden
Abmelden bitte!
keine Werbung mehr
keine weiteren Nachrichten
Schreiben Sie mir bitte nicht mehr
Hört auf
Bitte melden Sie mich ab
stopp bitte
aufhören
cancellami
disiscrivimi
non scrivetemi più
basta messaggi
parem de me mandar mensagens
não quero receber mais mensagens
sair
afmelden
uitschrijven aub
geen berichten meer
sluta
avregistrera
inga fler sms
wypisz mnie
rezygnuję
nie piszcie do mnie
odhlásit
iptal
ret
dur
mesaj atmayın
стоп
отписаться
Не пишите мне
отпишите меня, пожалуйста
στοπ
توقف
إلغاء الاشتراك
הסר
הסירו אותי
बंद करो
कृपया रोकें
band karo
mat bhejo bhai
berhenti
tolong hentikan
dừng
từ chối
หยุด
退订
请退订
TD
停止
配信停止してください
수신거부
그만
please don't text me any more
Please, stop!
Stop promotions
Werbung stoppen
Promotions stoppen
Detener promociones
Arrêter les promotions
Parar promoções
Interromper promoções
Interrompi promozioni
Stop promozioni
Stop promoties
Stop aub
bitte keine SMS mehr
Keine Nachrichten mehr bitte
Hören Sie auf mir zu schreiben
bitte nicht mehr schreiben
Ich möchte keine SMS mehr bekommen
Ich will keine Nachrichten mehr
löschen Sie meine Nummer
Lasst mich in Ruhe
lass mich in ruhe
laissez-moi tranquille
Foutez-moi la paix
déjame en paz
déjenme en paz
lasciatemi in pace
stop now!!! 😡
🛑 stop
⛔
🚫
🖕
ＳＴＯＰ
sTOP
ST0P
S-T-O-P
stop/arret
STOP / ARRÊT
Stop. Merci.
please take my number off your list
pls remove me from ur list
dont txt me
don't txt me anymore
do not txt me again
stop txting me
STOP TXTING
stop txt
stop contacting
no more txts
no more msgs pls
Quit texting this number
you have the wrong number
this is the wrong number
this isn't my number anymore
not my number
I never signed up for this
I didn't sign up for this
who gave you my number? stop
How did you get my number. Remove it
remove it
please remove
delete this number
Do not disturb
stop disturbing me
unsubscribe, por favor
STOP!! ya basta
no quiero recibir más mensajes
ya no me manden mensajes
no me escriban más
borrenme de su lista
quítenme de su lista
Je ne veux plus recevoir vos messages
je ne souhaite plus recevoir de sms
Ne me contactez plus
plus de messages svp
stop à la pub
STOP PUB
stop sms
nie chcę więcej wiadomości
proszę przestać
přestaňte
nepište mi
už mi nepište
não me mandem mais mensagens
não quero mais receber
Me tira da lista
pare com isso
cancelar por favor
non voglio più ricevere messaggi
non mandatemi più messaggi
basta pubblicità
cancellatemi dalla lista
graag stoppen
ik wil geen berichten meer ontvangen
geen sms meer
Haal me van de lijst
verwijder mijn nummer
sluta skicka sms
jag vill inte ha fler sms
ikke send mere
stopp sms
lopettakaa
älkää lähettäkö enää
не пишите мне больше
больше не присылайте
отстаньте
прекратите
стоп пожалуйста
не надо мне писать
لا ترسلوا لي رسائل
توقفوا عن ارسال الرسائل
أوقفوا الرسائل
אל תשלחו לי הודעות
תפסיקו לשלוח
不要再发短信给我
别再发了
请不要再发短信
停止发送
もう送らないで
送らないでください
문자 보내지 마세요
더 이상 보내지 마세요
मुझे मैसेज मत भेजो
msg mat karo
message band karo
stop bhai
artık mesaj atmayın
beni listeden çıkar
listeden çıkmak istiyorum
ngừng gửi tin nhắn
đừng nhắn nữa
jangan kirim lagi
jangan sms saya lagi
tigilan nyo na
I'm done with these texts
knock it off
cut it out
stop blowing up my phone
stop it already
for the last time STOP
I asked you to stop
I told you to stop
I've asked you to stop texting
i want you to stop
please make it stop
Make these stop
when will these texts stop
could you stop?
Would you mind not texting me
No longer interested
I'm not interested
im not interested in this
take this number off your list
STOP NOT INTERESTED
no thank you stop
No stop!
no stop it
Stop. I don't want this
I don't want these, stop
OMG STOP
stop or I sue
No gracias, STOP
hola, STOP
unsubscribe from all
unsubscribe all
opt-out please
please opt me out of messages
I would like to be removed
please have me removed
I'd like to be taken off
remove from list
off the list please
can you take me off of this list
I revoke
revoked
cancelled
cancel all
cancel texts
end messages
end all
end this
stop sms stop
stopsms
STOP.STOP.STOP
stoppp
stooop
STOOOOP
STOP2END
"stop"
`stop`
stop :)
(STOP)
STOP 12345
STOP FERN
stop fern & fable
"""

NOT_STOP = r"""
do not stop
don't stop
Don't stop!
please don't stop
please do not stop sending me offers
never stop texting me
I never want you to stop sending offers
don't unsubscribe me
please do not unsubscribe me
I don't want to unsubscribe
I do not want to opt out
I don't want to miss your offers
why did you stop texting me
when did you stop sending offers?
I'll stop by the shop
stop by the shop tomorrow?
I will stop by for the offers
can I stop in on Saturday
which bus stop is near you
is there a stop near the shop
when does the sale end
at the end of the month
weekend
see you at the weekend
end of season sale?
do you ship to Ireland
cancel my order
please cancel order 1234
I'd like to cancel my appointment
how do I return the lamp
take me to the checkout
get me a size 5
remove the lamp from my order
delete the blue one from my cart
don't send it to the old address
do not leave it with the neighbour
I don't want the blue one
I don't need the box
no
No thanks
nope
not now
maybe later
quitting smoking
what a stopgap
nonstop
unstoppable
The lamp stopped working
it stopped working after a day
thanks
love it
ok
👍
🙂
.

12345
where is my parcel
I like your reminders
leave it at the door
is the black one out of stock
my block is number 5
no dejen de mandarme ofertas
bitte nicht abmelden
nicht stoppen
non-stop offers please
I love your non-stop offers
24/7 non-stop service?
pit-stop
one-stop shop
is it a one-stop-shop?
bus-stop
Liked “Fern & Fable: your cart is waiting. Reply STOP to end.”
Loved “Reply STOP to opt out”
Laughed at “Still thinking it over? Reply STOP to end”
Emphasized “Sale! Reply STOP to end”
Questioned “Sale! Reply STOP to end”
Reacted 👍 to “Sale! Reply STOP to end”
👍 to “ Sale! Reply STOP to end ”
Removed a like from “Sale! Reply STOP to end”
you can't stop me from buying this
I can't stop buying from you
can't stop loving your lamps
what time do you stop delivering
does the offer end today
is the offer ending
when do you end the sale
do you cancel orders
can I cancel an order
can I remove an item
cancel the blue one, keep the red
where can I opt in
never mind
the end
no problem
did you stop making the blue one
full stop
stop press: my parcel arrived
the message was cut off
I changed my mind, please don't stop
don't take me off the list
please don't remove me from the list
please keep me on the list
Can you stop by to pick it up
Bitte nicht aufhören
ne vous arrêtez pas
no paren
no se detengan
please send more
no end date?
my order was cancelled by mistake
unsubscribed by mistake, please add me back
is it out of stock?
could you leave the parcel with neighbours
I need to halt my delivery until Monday
enough in stock?
is one enough?
does this bus stop at the shop
Is there a bus stop nearby?
next stop: your shop :)
I was unable to stop by
I'd like to stop my order
can you stop the delivery until monday
please stop my parcel, I'm not home
stop the presses, I love it
will you stop selling the blue lamp
are you going to stop making it?
do they ever stop?
I never stop shopping
I won't stop buying here
we do not want you to stop
no, don't stop
I'm not asking you to stop
I am not saying stop
Don't ever stop sending these
Please never stop
when does the sale stop
what time does the sale end
Until when is the offer?
I would like to be contacted about the lamp
contact me please
call me
please text me
text me when it is back
send me more
I want the blue one
is the lamp removed from the shop
please remove the gift wrapping
remove one of the two
I'd like my old address deleted
the number is wrong on the invoice
I got the wrong lamp
wrong colour
I'm interested
not sure
I'm not sure
I'm not at home
very interested
could you send it to the office instead
ça marche
non merci
nein danke
no grazie
nee bedankt
genau, danke
Wann endet die Aktion?
bis wann gilt das Angebot
quiero más
cuando termina la oferta
jusqu'à quand dure la promotion
encore plus de choix svp
Dankeschön, super Angebot
ich möchte die blaue Lampe
the ad was funny
great promo
block print tablecloth in stock?
out of office until Monday
leave of absence
quite nice
legend!
the end result is great
recommend me something
weekend offer?
did I sign up for the newsletter already
tried of waiting, where is it
sick lamp!!!
kan ik de lamp terugsturen
dur dur d'être un bébé
halt die Lampe für mich zurück
Can you halt the lamp for me
✅
❤️
😂😂😂
mmmmm nice
Sooooo good
I can't stop wearing it
You can't stop me
non stop delivery
nonstop offers
give me nonstop deals!
one stop shop
full stop.
what's the stop price
a stop-loss lamp lol
is it stopping soon
delivery stopped
stopover in London
doorstop
unstoppable deals
jangan lupa kirim invoice
kirim lagi
no me importa
ya no está en stock?
ne plus ultra
plus de choix
j'en veux plus
aucun problème
nie ma problemu
nie wiem
он не пришёл
где мой заказ
我的包裹在哪里
いつ届きますか
我取消了订单
"""

HELP = r"""
HELP
help
Help!
help me
help please
I need help
INFO
info pls
who is this
Who is this?
aide
ayuda por favor
Hilfe
aiuto
ajuda
помощь
मदद
ヘルプ
帮助
"""

START = r"""
START
start
Start again
please start
start please!
UNSTOP
subscribe
Subscribe me
resubscribe
opt in
OPT-IN
opt me in
sign me up
I want to sign up
resume
join
alta
anmelden bitte
iscrivimi
старт
開始
"""


def _lines(block: str) -> list[str]:
    return [line.replace("\\n", "\n") for line in block.strip("\n").split("\n")]


@pytest.mark.parametrize("text", _lines(STOP))
def test_this_plainly_means_stop(text: str) -> None:
    assert intent_of(text) == "stop"


@pytest.mark.parametrize("text", _lines(NOT_STOP))
def test_this_does_not(text: str) -> None:
    assert intent_of(text) == ""


@pytest.mark.parametrize("text", _lines(HELP))
def test_this_asks_for_help(text: str) -> None:
    assert intent_of(text) == "help"


@pytest.mark.parametrize("text", _lines(START))
def test_this_asks_to_come_back(text: str) -> None:
    assert intent_of(text) == "start"


@pytest.mark.parametrize("text", ["yes", "YES!", "Yes please", "ja", "oui", "sí", "はい"])
def test_yes_may_answer_anything(text: str) -> None:
    assert intent_of(text) == "yes"


@pytest.mark.parametrize("word", ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"])
@pytest.mark.parametrize("form", ["{}", "{}!", "please {}", "{} please", "'{}'", "({})", "{}\n{}", " {} ", "{}…"])
def test_the_conclusive_words_count_however_they_are_dressed(word: str, form: str) -> None:
    for dressed in (word, word.upper(), word.title()):
        assert intent_of(form.replace("{}", dressed)) == "stop"


def test_a_very_long_text_is_read_in_time() -> None:
    assert intent_of("do not " * 100_000) == ""
    assert intent_of("stop " * 100_000) == "stop"
    assert intent_of("i want to " * 50_000 + "stop") == ""
