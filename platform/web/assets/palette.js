// The palette: places, actions of the page and records in one box. Without it the box at the top opens the search page.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const PAUSE = 160;
const MOST = 5; // options of one group that show at once
const NAMES = ".page-head a.button, .page-head .menu-list a, .stage-path a, .record-facts .tabs a";

const top = $(".top-search");
let dialog, input, list, words, back, timer, asking;

/** Open it with what has been typed already; `from` has the focus again when it closes. */
export async function open(from) {
  dialog ?? make();
  if (dialog.open) return;
  back = from;
  input.value = $("#search").value;
  $("#search").value = "";
  dialog.showModal();
  input.focus();
  await refill();
}

function make() {
  const label = $(".top-search .unseen").textContent;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: top.dataset.style }));
  dialog = Object.assign(document.createElement("dialog"), { className: "palette", ariaLabel: label });
  input = Object.assign(document.createElement("input"), { type: "text", autocomplete: "off", enterKeyHint: "go", role: "combobox" });
  input.placeholder = $("#search").placeholder;
  for (const [name, value] of Object.entries({ "aria-label": label, "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list" })) input.setAttribute(name, value);
  list = Object.assign(document.createElement("div"), { id: "palette-list", role: "listbox", ariaLabel: label });
  const box = Object.assign(document.createElement("div"), { className: "palette-box" });
  const live = Object.assign(document.createElement("div"), { className: "unseen", ariaLive: "polite" });
  const close = $("#dialog .dialog-close button").cloneNode(true);
  close.type = "button";
  close.onclick = () => dialog.close();
  box.append($(".top-search .icon").cloneNode(true), input, close);
  dialog.append(box, list, live);
  // In the bar, so that its links work like those of the bar.
  top.closest(".topbar").append(dialog);
  dialog.addEventListener("close", () => back?.isConnected && back.focus({ preventScroll: true }));
  input.addEventListener("input", typed);
  input.addEventListener("keydown", key);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("mousemove", (event) => mark(event.target.closest("[role=option]")));
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
    dialog.close();
    if (press(option)) event.preventDefault();
  });
}

/** Fetch what there is to choose from; what the page itself offers comes first. */
async function refill() {
  const recent = localStorage.getItem(top.dataset.recent) ?? "";
  const here = location.pathname.split("/").slice(2, 4).join("/");
  const html = await ask({ recent: recent.split(",").filter((one) => one !== here).join() });
  if (html === undefined) return;
  list.innerHTML = html;
  words = $("template", list);
  const [action, all] = words.content.children;
  const links = $$(NAMES, $("#main")).filter((link) => link.href && link.textContent.trim());
  if (links.length) list.prepend(group("here", words.dataset.here, links.map((link) => option(action, link))));
  list.append(group("records", "", []), group("all", "", [all.cloneNode(true)]));
  narrow();
  if (input.value.trim()) records();
}

function group(name, label, options) {
  const made = Object.assign(document.createElement("div"), { role: label ? "group" : "presentation" });
  made.dataset.group = name;
  if (label) {
    made.ariaLabel = label;
    made.append(Object.assign(document.createElement("p"), { textContent: label, ariaHidden: "true" }));
  }
  made.append(...options);
  return made;
}

/** What stands on the page, as an option that presses it. */
function option(pattern, link) {
  const made = pattern.cloneNode(true);
  $("span", made).textContent = link.textContent.trim();
  if ($(".icon", link)) $(".icon", made).replaceWith($(".icon", link).cloneNode(true));
  made.dataset.find = plain(link.textContent);
  made.source = link;
  return made;
}

const plain = (text) => text.normalize("NFKC").toLowerCase();

/** Show the options that have every word typed, or those that are offered before one types. */
function narrow() {
  const wanted = plain(input.value).split(/\s+/).filter(Boolean);
  for (const each of list.children) {
    if (!each.dataset.group || each.dataset.group === "records") continue;
    let shown = 0;
    for (const one of $$("[role=option]", each)) {
      const fits = each.dataset.group === "all" ? wanted.length : wanted.length ? wanted.every((word) => one.dataset.find.includes(word)) : !one.hasAttribute("data-quiet");
      one.hidden = !fits || (wanted.length && ++shown > MOST);
    }
    each.hidden = !$("[role=option]:not([hidden])", each);
  }
  const all = $("[data-all] span", list);
  if (all) all.textContent = $("[data-all]", list).dataset.all.replace("#", input.value.trim());
  const href = top.action + "?" + new URLSearchParams({ q: input.value.trim() });
  if (all) all.parentElement.href = href;
  number();
}

const shownOptions = () => $$("[role=option]", list).filter((one) => !one.closest("[hidden]"));

function number() {
  const options = shownOptions();
  options.forEach((one, place) => (one.id = `palette-${place}`));
  mark(options[0]);
  const live = dialog.lastElementChild;
  if (words) live.textContent = options.length ? words.dataset.some.replace("#", options.length) : words.dataset.none;
}

function mark(option) {
  if (!option) return;
  for (const other of $$("[aria-selected]", list)) other.removeAttribute("aria-selected");
  option.ariaSelected = "true";
  input.setAttribute("aria-activedescendant", option.id);
}

function typed(event) {
  if (event.isComposing) return;
  clearTimeout(timer);
  asking?.abort();
  $("[data-group=records]", list)?.replaceChildren();
  narrow();
  if (input.value.trim()) timer = setTimeout(records, PAUSE);
}

async function records() {
  asking?.abort();
  asking = new AbortController();
  const html = await ask({ q: input.value.trim() }, asking.signal);
  const place = $("[data-group=records]", list);
  if (html === undefined || !place) return;
  const chosen = $("[aria-selected=true]", list);
  const first = chosen === shownOptions()[0] && chosen?.hasAttribute("data-all");
  place.innerHTML = html;
  $("template", place).remove();
  number();
  // What is marked stays so, unless nothing but the search page was there.
  if (!first) mark(chosen);
}

/** The answer of the server; undefined where a later question has taken over, or there is none. */
async function ask(sent, signal) {
  try {
    const answer = await fetch(`${top.dataset.address}?${new URLSearchParams(sent)}`, { headers: { "HX-Request": "true" }, signal });
    if (answer.ok) return await answer.text();
    if (answer.status === 401) location.reload();
  } catch {}
}

function key(event) {
  if (event.isComposing || event.keyCode === 229) return;
  const options = shownOptions(), at = options.findIndex((one) => one.ariaSelected === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    mark(options[(at + step + options.length) % options.length]);
    options[(at + step + options.length) % options.length]?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter") {
    event.preventDefault();
    choose(options[at]);
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    event.stopPropagation();
    dialog.close();
  }
}

function choose(option) {
  if (option) option.click();
  else if (input.value.trim()) top.requestSubmit();
}

/** Press what the option stands for on the page; whether there is such a thing. */
function press(option) {
  const source = option.source ?? (option.dataset.press && $(option.dataset.press));
  source?.click();
  return Boolean(source);
}
