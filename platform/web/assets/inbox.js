// How much is unread, shown on the bell as soon as it changes. Without it the page of the inbox tells.

const bell = document.querySelector("[data-events]");
const dot = bell.querySelector(".dot"), words = bell.querySelector(".unseen"), usual = words.textContent;
const live = document.querySelector("#live");
let source, known;

function listen() {
  if (document.hidden) return source?.close();
  if (source && source.readyState !== EventSource.CLOSED) return;
  source = new EventSource(bell.dataset.events);
  source.onmessage = ({ data }) => tell(Number(data));
}

function tell(count) {
  dot.hidden = !count;
  dot.textContent = count > 99 ? "99+" : count;
  words.textContent = bell.title = count ? bell.dataset.some.replace("#", count) : usual;
  if (known !== undefined && count > known) {
    live.textContent = words.textContent;
    // The open page of the inbox shows what has come, unless somebody is at work there.
    if (location.pathname === bell.pathname && !document.querySelector("#main :focus"))
      window.htmx?.ajax("GET", location.pathname + location.search, { target: "#main", select: "#main", swap: "outerHTML", headers: { "HX-Target": "main#main" } });
  }
  known = count;
}

document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => source?.close());
listen();
