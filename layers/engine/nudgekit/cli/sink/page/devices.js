"use strict";
// Messages as their readers would see them, for every page of the inbox. All text goes in as text, never as markup; a
// mail's own HTML is shown in a frame that may run nothing.

let shop = "The shop";

function el(tag, names = "", ...children) {
  const node = document.createElement(tag);
  if (names) node.className = names;
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

// ------------------------------------------------------------------------------------------------------------ times

const inUtc = { timeZone: "UTC" };
const hour = (at) => new Date(at).toLocaleTimeString("en-GB", { ...inUtc, hour: "2-digit", minute: "2-digit" });
const day = (at) => new Date(at).toLocaleDateString("en-GB", { ...inUtc, weekday: "long", day: "numeric", month: "long" });
const moment = (at) => `${new Date(at).toLocaleDateString("en-GB", { ...inUtc, day: "numeric", month: "short" })} ${hour(at)} UTC`;

// --------------------------------------------------------------------------------------------- what the device shows

function push(message) {
  const note = pushed(message);
  const image = note.image ? Object.assign(el("img", "thumb"), { src: picture(note.image), alt: "" }) : "";
  const bubble = el("div", "note", el("div", "icon", initial(shop)), el("div", "title", note.title || shop),
    el("div", "when", "now"), el("div", "text", note.text), image);
  return el("div", "device lock", el("div", "hour", hour(message.at)), el("div", "day", day(message.at)), bubble);
}

// SNS carries one payload per platform; each says title and text in its own place.
function pushed(message) {
  const written = message.written || {};
  for (const payload of Object.values(message.content)) {
    const inner = payload.fcmV1Message ? payload.fcmV1Message.message : payload;
    const alert = inner.notification || (inner.aps && inner.aps.alert);
    if (alert) return { title: alert.title, text: alert.body || "", image: alert.image || written.image };
  }
  return { title: written.title, text: written.body || message.content.text || "", image: written.image };
}

function email(message) {
  const { subject, html, text, headers, from } = message.content;
  const [, name, address] = /^"?(.*?)"?\s*<(.+)>$/.exec(from) || [null, shop, from];
  const head = el("div", "head", el("div", "face", initial(name)), el("div", "from", name, el("small", "", address)),
    el("div", "when", hour(message.at)), el("div", "to", `to ${message.to}`), el("div", "subject", subject),
    message.written && message.written.preheader ? el("div", "preheader", message.written.preheader) : "");
  const [, leave] = Object.entries(headers || {}).find(([each]) => each.toLowerCase() === "list-unsubscribe") || [];
  return el("div", "device mail", head, html ? frame(html) : el("pre", "", text), leave ? oneClick(leave) : "");
}

// What a mailbox does when its own unsubscribe button is pressed (RFC 8058): a POST, and nothing is shown.
function oneClick(header) {
  const button = el("button", "", "Unsubscribe");
  const line = el("div", "list", "The mailbox offers one-click unsubscribe: ", button);
  button.addEventListener("click", async () => {
    const target = new URL(header.replace(/^<|>$/g, ""));
    const answer = await fetch(target.pathname, { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) });
    line.textContent = answer.ok ? "Unsubscribed with one click" : `The link answered ${answer.status}`;
  });
  return line;
}

// Texting back, as the person would.
function answering(message) {
  if (message.preview) return "";
  const text = Object.assign(el("input"), { type: "text", placeholder: "Write back, as in STOP", autocomplete: "off" });
  text.setAttribute("aria-label", "Write back");
  const form = el("form", "answer", text, el("button", "", "Send"));
  const said = el("div", "said");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return;
    const body = JSON.stringify({ channel: message.channel, from: message.to, text: text.value });
    const answer = await fetch("reply", { method: "POST", headers: { "content-type": "application/json" }, body });
    said.append(el("div", "bubble own", answer.ok ? text.value : "(not sent)"));
    text.value = "";
  });
  return el("div", "", said, form);
}

// A mail may style itself but run nothing. Same origin is granted only so that the page can measure its height.
function frame(html) {
  const inner = el("iframe");
  inner.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  inner.title = "The mail";
  inner.loading = "lazy";
  inner.srcdoc = html;
  inner.addEventListener("load", () => {
    const page = inner.contentDocument;
    if (!page) return;
    for (const image of page.images) image.src = picture(image.src);
    for (const link of page.links) if (link.origin === location.origin) Object.assign(link, { target: "_blank", rel: "noopener" });
    inner.style.height = `${Math.min(760, page.documentElement.scrollHeight)}px`;
  }, { once: true });
  return inner;
}

// Nothing is fetched, so every picture is a tile of its own colour, with its file's name.
function picture(url) {
  if (url.startsWith("data:")) return url;
  const name = decodeURIComponent(url.split(/[?#]/)[0].split("/").pop() || "").replace(/\.\w+$/, "");
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  const safe = name.slice(0, 12).replace(/[^\p{L}\p{N} -]/gu, "");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120"><defs><linearGradient id="g" x2="1" y2="1">`
    + `<stop stop-color="hsl(${hue} 42% 84%)"/><stop offset="1" stop-color="hsl(${(hue + 30) % 360} 40% 70%)"/></linearGradient></defs>`
    + `<rect width="120" height="120" fill="url(#g)"/><circle cx="60" cy="50" r="22" fill="hsl(${hue} 34% 52%)" opacity=".55"/>`
    + `<text x="60" y="98" font-family="sans-serif" font-size="15" fill="hsl(${hue} 30% 26%)" text-anchor="middle">${safe}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function sms(message) {
  const sender = message.content.from || "";
  const from = /^(pool|phone)/.test(sender) || !sender ? shop : sender; // a pool has numbers, but no name to show
  return el("div", "device sms", el("div", "who", el("div", "face", initial(from)), from),
    el("div", "thread", el("div", "day", `${day(message.at)}, ${hour(message.at)}`), el("div", "bubble", message.content.text), size(message)),
    answering(message));
}

// What the text costs: each segment is paid for.
const size = (message) => (message.size ? el("div", "size", message.size) : "");

function whatsapp(message) {
  const done = message.status;
  const ticks = el("span", `ticks ${done === "opened" || done === "clicked" ? "read" : ""}`, done === "handed_off" || !done ? "✓" : "✓✓");
  const bubble = el("div", "bubble", whatsappText(message), el("div", "meta", hour(message.at), ticks));
  const button = message.written && message.written.button ? el("div", "button", "↗ Open the cart") : "";
  return el("div", "device wa", el("div", "who", el("div", "face", initial(shop)), el("div", "", shop, el("small", "", "Business account"))),
    el("div", "thread", bubble, button), answering(message));
}

// A template message carries only its parameters; its text was approved beforehand and stands in the message's row.
function whatsappText(message) {
  const { body = "", parameters = [] } = message.written || {};
  const whole = body.replace(/\{\{(\d+)\}\}/g, (_, number) => parameters[number - 1] ?? "");
  const sent = message.content.message || {};
  return whole || (sent.text && sent.text.body) || `Template ${sent.template ? sent.template.name : ""}`;
}

// A card on the shop's own page, with the answers it offers.
function onsite(message) {
  const { title, body = "", image, choices = [], link } = message.written || {};
  const picked = image ? Object.assign(el("img", "banner", ), { src: picture(image), alt: "" }) : "";
  const answers = choices.map(([, label]) => el("span", "choice", label));
  const card = el("div", "card", picked, el("div", "title", title || shop), el("div", "text", body),
    answers.length ? el("div", "choices", ...answers) : "", link ? el("span", "choice go", "Have a look") : "");
  return el("div", "device page", el("div", "address", el("span", "", shop)), el("div", "shelf"), card);
}

const PHONES = { push, email, sms, whatsapp, onsite };
const initial = (name) => (name || "?").replace(/[^\p{L}\p{N}]/gu, "").charAt(0).toUpperCase() || "?";
