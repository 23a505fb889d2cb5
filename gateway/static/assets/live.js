// Keeps a page that somebody looks at informed: by one stream of events, and by asking now and then where there is none.
"use strict";

(() => {
const ASK_EVERY = 20000, FIRST_PAUSE = 2000, LONGEST_PAUSE = 120000, TOASTS = 3, TOAST_STAYS = 8000, SETTLE = 150;
const bell = document.getElementById("unread"), toasts = document.getElementById("toasts"), root = document.documentElement;
let stream = null, pause = FIRST_PAUSE, retry = 0, gone = false;

const unread = () => bell.hidden ? 0 : parseInt(bell.firstElementChild.textContent, 10);
const ring = (count) => {
  bell.firstElementChild.textContent = count > 99 ? "99+" : count;
  bell.hidden = !count;
};

// What declares an interest in a kind (data-live) or in something of this id (data-about) is fetched again: once for
// many news, and not while somebody types or chooses in it.
const awaited = new Map();
const stir = (element) => {
  clearTimeout(awaited.get(element));
  awaited.set(element, setTimeout(() => {
    awaited.delete(element);
    if (!element.isConnected) return;
    const target = element.getAttribute("hx-target");
    if (inUse(target ? document.querySelector(target) : element)) stir(element);
    else htmx.trigger(element, "live");
  }, SETTLE));
};
const cares = (element, { kind, about }) =>
  element.dataset.about ? Object.values(about).includes(element.dataset.about)
    : ["*", kind].some((it) => element.dataset.live.split(" ").includes(it));
const interested = () => [...document.querySelectorAll("[data-live], [data-about]")];

const leave = (toast) => setTimeout(() => toast.matches(":hover, :focus-within") ? leave(toast) : toast.remove(), TOAST_STAYS);
const toast = async (id) => {
  if (toasts.childElementCount >= TOASTS) return;
  const answer = await fetch(`/notifications/${id}/toast`).catch(() => null);
  if (answer?.status !== 200 || answer.redirected) return;
  toasts.insertAdjacentHTML("beforeend", await answer.text());
  leave(toasts.lastElementChild);
};

const hear = (event) => {
  const news = JSON.parse(event.data);
  ring(news.unread);
  for (const element of interested()) if (cares(element, news)) stir(element);
  toast(news.id);
};

// Asking keeps the sign-in fresh too, which a stream ends with.
const ask = async () => {
  const answer = await fetch("/notifications/unread", { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.redirected) gone = true;
  if (!answer?.ok || answer.redirected) return;
  const { unread: count } = await answer.json();
  if (count !== unread()) interested().forEach(stir);
  ring(count);
};

const close = () => {
  stream?.close();
  stream = null;
  clearTimeout(retry);
  delete root.dataset.live;
};
const connect = () => {
  if (stream || gone || document.hidden) return;
  stream = new EventSource("/api/notifications/stream");
  stream.addEventListener("notification", hear);
  stream.onopen = () => {
    root.dataset.live = "yes";
    pause = FIRST_PAUSE;
    ask();
  };
  stream.onerror = () => {
    delete root.dataset.live;
    if (stream.readyState !== EventSource.CLOSED) return;
    close();
    retry = setTimeout(() => ask().then(connect), pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
};

setInterval(() => { if (!document.hidden && !root.dataset.live && !gone) ask(); }, ASK_EVERY);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return close();
  interested().forEach(stir);
  connect();
});
addEventListener("pagehide", close);
addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast").remove());
connect();
})();
