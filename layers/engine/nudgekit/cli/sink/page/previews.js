"use strict";
// Every message of every trigger as it would read, from the rules as they stand.

const CHANNELS = { push: "Push", email: "E-mail", sms: "SMS", whatsapp: "WhatsApp", onsite: "On the site" };
const chosen = { locale: "", trigger: "" };
let told = { triggers: [], locales: [], now: "" };

const $ = (id) => document.getElementById(id);

function trigger(each) {
  const messages = each.messages.filter((message) => message.locale === chosen.locale);
  const head = el("header", "rule", el("h2", "", each.id, el("span", "level", `L${each.level}`)), el("p", "", each.headline));
  if (each.mistake) return el("section", "trigger", head, el("p", "mistake", each.mistake));
  return el("section", "trigger", head, el("div", "gallery", ...messages.map(preview)));
}

function preview(message) {
  const title = el("h3", "", CHANNELS[message.channel] || message.channel, el("code", "", `${message.name}.liquid`), message.half ? el("em", "", message.half) : "");
  const note = message.channel === "sms" ? "" : message.size;
  const shown = message.content ? phone(message) : el("p", "mistake", message.instead);
  return el("article", `preview ${message.channel}`, title, shown, note ? el("div", "size", note) : "", ...message.cut.map((each) => el("div", "size bad", each)));
}

// The sample in the form that a device takes: as if a provider had just been given it.
function phone(message) {
  const { content } = message;
  const given = { subject: content.subject, html: content.html, text: content.body, from: "", headers: {} };
  const whole = { ...message, written: content, content: message.channel === "push" ? {} : { ...given, from: "" },
    to: "ada@example.com", at: told.now, status: "", preview: true };
  return PHONES[message.channel](whole);
}

function draw() {
  const all = told.triggers.filter((each) => !chosen.trigger || each.id === chosen.trigger);
  $("triggers").replaceChildren(...all.map(trigger));
  $("state").hidden = told.triggers.length > 0;
  if (!told.triggers.length) $("state").textContent = told.mistake || "There is no trigger yet.";
  $("locales").replaceChildren(...told.locales.map((locale) => {
    const chip = el("button", "chip", locale);
    chip.setAttribute("aria-pressed", String(chosen.locale === locale));
    chip.addEventListener("click", () => choose({ locale }));
    return chip;
  }));
}

function choose(change) {
  Object.assign(chosen, change);
  history.replaceState(null, "", `#${new URLSearchParams(Object.entries(chosen).filter(([, value]) => value))}`);
  draw();
}

async function look() {
  told = await (await fetch("previews.json")).json();
  shop = told.shop || shop;
  const kept = new URLSearchParams(location.hash.slice(1));
  chosen.locale = told.locales.includes(kept.get("locale")) ? kept.get("locale") : told.locales[0] || "";
  chosen.trigger = kept.get("trigger") || "";
  const names = ["", ...told.triggers.map((each) => each.id)];
  $("trigger").replaceChildren(...names.map((name) => Object.assign(el("option", "", name || "All triggers"), { value: name })));
  $("trigger").value = chosen.trigger;
  draw();
}

$("trigger").addEventListener("change", (event) => choose({ trigger: event.target.value }));
look().catch(() => { $("state").textContent = "The rules could not be read; nudgekit validate says why."; });
