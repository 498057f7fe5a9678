"use strict";
// The inbox: asks the sink every few seconds and draws what is new. All text goes in as text, never as markup; a mail's
// own HTML is shown in a frame that may run nothing.

const KINDS = ["push", "email", "sms", "whatsapp", "onsite", "silence"];
const LABELS = { push: "Push", email: "E-mail", sms: "SMS", whatsapp: "WhatsApp", onsite: "On the site", silence: "Silence" };
const PROGRESS = ["claimed", "handed_off", "delivered", "opened", "clicked"];
const WENT_WRONG = ["withheld", "failed", "in_doubt"];

const MOST = 150; // entries on the page at a time; the filters lead to all others
const chosen = { kind: "", person: "", trigger: "", reason: "" };
const drawn = new Map(); // key -> {node, text}: what stands on the page, and the answer it was drawn from
let first = true;

const $ = (id) => document.getElementById(id);

function silence(entry) {
  return el("div", "device", el("div", "hush", "•••"), el("div", "reason", sentence(entry.text) || "Nothing was sent"),
    el("div", "code", entry.reason), el("div", "effect", sentence(entry.effect)));
}

const DEVICES = { ...PHONES, silence };
const sentence = (text) => text && text.charAt(0).toUpperCase() + text.slice(1);

// -------------------------------------------------------------------------------------------------- why it is so

function why(entry) {
  const name = el("button", "", entry.name);
  name.title = "Show this person only";
  name.addEventListener("click", () => choosePerson(chosen.person ? "" : entry.name));
  const what = entry.kind === "silence" ? entry.effect : `${LABELS[entry.kind]}, rung ${(entry.rung ?? 0) + 1}`;
  const sub = [moment(entry.at), entry.trigger, what].filter(Boolean).join(" · ");
  return el("section", "why", el("h2", "", name), el("div", "sub", sub), progress(entry), reasons(entry.trace));
}

function progress(entry) {
  if (entry.kind === "silence" || !entry.status) return "";
  const reached = PROGRESS.indexOf(entry.status);
  const steps = PROGRESS.map((step, at) => el("span", `step ${at <= reached ? "done" : ""}`, step.replace("_", " ")));
  if (WENT_WRONG.includes(entry.status)) steps.push(el("span", "step bad", entry.status.replace("_", " ")));
  return el("div", "steps", ...steps);
}

function reasons(trace) {
  if (!trace.length) return el("p", "none", "No decision is on record for this.");
  const stops = trace.filter((step) => step.answer !== "pass").length;
  const title = `${trace.length} ${trace.length === 1 ? "gate" : "gates"} asked${stops ? `, ${stops} did not pass` : ", all passed"}`;
  const box = el("details", "", el("summary", "", title), el("ol", "trace", ...trace.map(gate)));
  box.open = true;
  return box;
}

function gate(step) {
  const until = step.until ? ` until ${moment(step.until)}` : "";
  const text = step.answer === "pass" ? "" : el("span", `text ${step.answer}-text`, ` ${step.text}${until}`);
  const seen = step.seen.length ? el("span", "seen", step.seen.map(([name, value]) => `${name} = ${value}`).join("  ·  ")) : "";
  return el("li", step.answer, el("span", "gate", step.gate.replaceAll("_", " ")), step.channel ? el("span", "channel", step.channel) : "", text, seen);
}

// ------------------------------------------------------------------------------------------------------- the page

function entries(feed) {
  const messages = feed.messages.map((each) => ({ ...each, kind: each.channel, key: each.id }));
  const silences = feed.silences.map((each) => ({ ...each, kind: "silence", key: `${each.person}|${each.trigger}|${each.at}|${each.reason}|${each.effect}` }));
  return [...messages, ...silences].sort((one, other) => other.at.localeCompare(one.at));
}

function draw(feed) {
  shop = feed.shop || shop;
  const all = entries(feed);
  const fitting = all.filter(shown);
  let before = null;
  for (const entry of fitting.slice(0, MOST)) {
    const text = JSON.stringify(entry);
    const known = drawn.get(entry.key);
    if (!known || known.text !== text) put(entry, text, known);
    const { node } = drawn.get(entry.key);
    const inPlace = node.parentNode && node.previousElementSibling === before;
    if (!inPlace) before ? before.after(node) : $("feed").prepend(node);
    before = node;
  }
  const kept = new Set(fitting.slice(0, MOST).map((entry) => entry.key));
  for (const [key, { node }] of drawn) if (!kept.has(key)) { node.remove(); drawn.delete(key); }
  chips(all);
  people(all);
  choices("trigger", "Every trigger", all);
  choices("reason", "Every reason", all);
  $("clock").textContent = feed.now ? `${moment(feed.now)}` : "";
  const more = fitting.length - MOST;
  $("more").textContent = more > 0 ? `And ${more} earlier ones: choose a trigger, a reason or a person.` : "";
  $("state").hidden = fitting.length > 0;
  if (!fitting.length) $("state").textContent = all.length ? "Nothing fits this filter." : "Waiting for the first message …";
  first = false;
}

function put(entry, text, known) {
  const node = el("article", `entry ${entry.kind} ${known || first ? "" : "fresh"}`, DEVICES[entry.kind](entry), why(entry));
  if (known) known.node.replaceWith(node);
  drawn.set(entry.key, { node, text });
}

const shown = (entry) => (!chosen.kind || chosen.kind === entry.kind)
  && (!chosen.trigger || chosen.trigger === entry.trigger) && (!chosen.reason || chosen.reason === entry.reason)
  && (!chosen.person || entry.name.toLowerCase().includes(chosen.person.toLowerCase()));

function chips(all) {
  const fitting = all.filter((entry) => shown({ ...entry, kind: chosen.kind || entry.kind }));
  $("chips").replaceChildren(...["", ...KINDS].map((kind) => {
    const count = kind ? fitting.filter((entry) => entry.kind === kind).length : fitting.length;
    const chip = el("button", "chip", kind ? LABELS[kind] : "All", el("b", "", String(count)));
    chip.setAttribute("aria-pressed", String(chosen.kind === kind));
    chip.addEventListener("click", () => { chosen.kind = kind; remember(); refresh(); });
    return chip;
  }));
}

function people(all) {
  const names = [...new Set(all.map((entry) => entry.name))].sort();
  if ($("people").children.length !== names.length) {
    $("people").replaceChildren(...names.map((name) => Object.assign(el("option"), { value: name })));
  }
}

// What there is to choose, with how often it came about among what else fits.
function choices(field, every, all) {
  const others = all.filter((entry) => entry[field] && shown({ ...entry, [field]: chosen[field] || entry[field] }));
  const counts = new Map();
  for (const entry of others) counts.set(entry[field], (counts.get(entry[field]) || 0) + 1);
  if (chosen[field] && !counts.has(chosen[field])) counts.set(chosen[field], 0);
  const told = [["", every], ...[...counts].sort().map(([name, count]) => [name, `${name} (${count})`])];
  const select = $(field), text = JSON.stringify(told);
  if (select.dataset.told === text) return;
  select.dataset.told = text;
  select.replaceChildren(...told.map(([value, label]) => Object.assign(el("option", "", label), { value })));
  select.value = chosen[field];
}

function choose(field, value) {
  chosen[field] = value;
  remember();
  refresh();
}

function choosePerson(name) {
  chosen.person = name;
  $("person").value = name;
  remember();
  refresh();
}

// The filter stands in the address, so that a view can be kept and shared.
function remember() {
  const parts = Object.entries(chosen).filter(([, value]) => value);
  history.replaceState(null, "", `#${new URLSearchParams(parts)}`);
}

let latest = { messages: [], silences: [], now: "" };
const refresh = () => draw(latest);

async function look() {
  try {
    latest = await (await fetch("feed")).json();
    refresh();
  } catch {
    $("clock").textContent = "the stack is down";
  }
  setTimeout(look, 3000);
}

const kept = new URLSearchParams(location.hash.slice(1));
for (const name of Object.keys(chosen)) chosen[name] = kept.get(name) || "";
$("person").value = chosen.person;
$("person").addEventListener("input", (event) => choosePerson(event.target.value));
for (const field of ["trigger", "reason"]) $(field).addEventListener("change", (event) => choose(field, event.target.value));
look();
