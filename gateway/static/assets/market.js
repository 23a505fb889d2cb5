// Makes the pages better where scripts run; without it they work all the same.
"use strict";

const said = document.getElementById("said");

// What is said comes with the page, in its language.
const told = document.body.dataset;
const tongue = navigator.languages.find((one) => one.startsWith(document.documentElement.lang)) || document.documentElement.lang;

const say = (text) => { if (said) said.textContent = text; };

const copy = async (button) => {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy");
  }
  const label = button.querySelector("span");
  const before = label.textContent;
  label.textContent = told.copied;
  button.classList.add("done");
  say(told.linkCopied);
  setTimeout(() => { label.textContent = before; button.classList.remove("done"); }, 2000);
};

const toggle = (button) => {
  const field = document.getElementById(button.dataset.shows);
  const hidden = field.type === "password";
  field.type = hidden ? "text" : "password";
  button.textContent = hidden ? told.hide : told.show;
  button.setAttribute("aria-pressed", String(hidden));
};

// A file is looked at before it is sent: whether it is too large, and what a picture will look like.
const weigh = (field) => {
  const large = [...field.files].filter((file) => file.size > Number(field.dataset.largest));
  const wrong = document.getElementById(`${field.id}-wrong`);
  wrong.hidden = !large.length;
  const most = Math.floor(Number(field.dataset.largest) / 2 ** 20);
  wrong.querySelector("span").textContent = large.map((file) => told.tooLarge.replace("{name}", () => file.name).replace("{most}", most)).join(" ");
  field.setCustomValidity(large.length ? wrong.textContent.trim() : "");
  if (large.length) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  say(field.validationMessage);
};

const preview = async (field) => {
  const canvas = document.getElementById(field.dataset.preview);
  const wide = canvas.classList.contains("wide");
  canvas.hidden = true;
  try {
    const picture = await createImageBitmap(field.files[0]);
    [canvas.width, canvas.height] = wide ? [800, 200] : [256, 256];
    const fit = wide ? Math.max : Math.min;
    const scale = fit(canvas.width / picture.width, canvas.height / picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    canvas.getContext("2d").drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
    canvas.hidden = false;
  } catch { /* no picture: the answer says so when it is sent */ }
};

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]")?.dataset.all;
  for (const box of all ? event.target.form.querySelectorAll(`[name="${all}"]`) : []) box.checked = event.target.checked;
  if (event.target.type !== "file") return;
  weigh(event.target);
  if (event.target.dataset.preview && event.target.files.length) preview(event.target);
});

for (const [kind, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", over);
    if (kind !== "drop") return;
    const field = document.getElementById(zone.dataset.drop);
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.(".sending");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = (100 * event.detail.loaded) / event.detail.total;
});

const awaken = (root) => {
  for (const one of root.querySelectorAll("[data-copy][hidden], [data-shows][hidden], [data-all][hidden], [data-print][hidden]")) one.hidden = false;
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.title = new Date(time.dateTime).toLocaleString(tongue);
  }
};

document.addEventListener("click", (event) => {
  const copying = event.target.closest("[data-copy]");
  const showing = event.target.closest("[data-shows]");
  if (copying) copy(copying);
  if (showing) toggle(showing);
  if (event.target.closest("[data-print]")) print();
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// A page that nobody sees asks for nothing; one that is told of news (live.js) asks seldom, and never while it is used.
// It asks once soon after it came: what happened while it was being made is in its bell, and so is no news to it.
const ASKED_SELDOM = 30000;
const asked = new Map();
const inUse = (root) => Boolean(root.querySelector(":popover-open, input:checked:not(:disabled), input:focus, textarea:focus, select:focus"));
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  const polls = (elt.getAttribute("hx-trigger") || "").includes("every ") && !requestConfig.triggeringEvent;
  if (!polls) return;
  const told = document.documentElement.dataset.live && elt.matches("[data-live], [data-about]");
  const early = told && Date.now() - (asked.get(elt.id) || 0) < ASKED_SELDOM;
  if (document.hidden || early || inUse(elt)) event.preventDefault();
  else asked.set(elt.id, Date.now());
});
document.addEventListener("htmx:afterSwap", (event) => awaken(document));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id !== "content") return;
  for (const form of document.forms) delete form.dataset.sent;
  event.detail.elt.focus({ preventScroll: true });
});

awaken(document);
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.querySelector("[data-focus]")?.focus();
