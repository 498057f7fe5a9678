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
