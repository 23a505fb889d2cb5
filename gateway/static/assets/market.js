// Makes the pages better where scripts run; without it they work all the same.
"use strict";

const said = document.getElementById("said");

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
  label.textContent = "Copied";
  button.classList.add("done");
  say("The link is copied.");
  setTimeout(() => { label.textContent = before; button.classList.remove("done"); }, 2000);
};

const toggle = (button) => {
  const field = document.getElementById(button.dataset.shows);
  const hidden = field.type === "password";
  field.type = hidden ? "text" : "password";
  button.textContent = hidden ? "Hide" : "Show";
  button.setAttribute("aria-pressed", String(hidden));
};

const awaken = (root) => {
  for (const one of root.querySelectorAll("[data-copy][hidden], [data-shows][hidden]")) one.hidden = false;
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.title = new Date(time.dateTime).toLocaleString();
  }
};

document.addEventListener("click", (event) => {
  const copying = event.target.closest("[data-copy]");
  const showing = event.target.closest("[data-shows]");
  if (copying) copy(copying);
  if (showing) toggle(showing);
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// A page that nobody sees asks for nothing.
document.addEventListener("htmx:beforeRequest", (event) => {
  const polls = (event.target.getAttribute("hx-trigger") || "").startsWith("every");
  if (document.hidden && polls) event.preventDefault();
});
document.addEventListener("htmx:afterSwap", (event) => awaken(event.target));

awaken(document);
document.querySelector("[data-focus]")?.focus();
