// What the pages do beyond links and forms. Everything here is an improvement: without it every page still works.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, handler, options) => document.addEventListener(type, handler, options);
const typing = (element) => element?.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

/** Read a sentence out; the clearing makes the same sentence heard twice. */
function announce(text) {
  const live = $("#live");
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}

function toast(text, tone = "danger") {
  const box = document.createElement("div");
  box.className = `toast ${tone}`;
  box.dataset.toast = "";
  const words = document.createElement("p");
  words.textContent = text;
  box.append(words);
  $("#toasts").append(box);
}

// ---- look: at once, and remembered by the server's cookie -----------------------------------------------------------

on("submit", (event) => {
  const button = event.submitter;
  if (!event.target.matches("[data-look]") || !button || button.name === "language") return;
  event.preventDefault();
  document.documentElement.dataset[button.name] = button.value;
  if (button.name === "shortcuts") document.body.toggleAttribute("data-no-shortcuts", button.value === "off");
  for (const other of $$(`[data-look] button[name=${button.name}]`)) other.ariaPressed = String(other.value === button.value);
  fetch(event.target.action, { method: "POST", body: new URLSearchParams([[button.name, button.value]]), redirect: "manual" });
});

// ---- menus, dialogs, toasts -----------------------------------------------------------------------------------------

function closeMenus(except) {
  for (const menu of $$("details[data-menu][open]")) if (menu !== except && !menu.contains(except)) menu.open = false;
}

/** Open a dialog; the browser gives the focus back to where it was when it closes. */
function show(dialog) {
  document.activeElement?.closest("details[data-menu][open]")?.querySelector("summary").focus();
  closeMenus();
  if (dialog && !dialog.open) dialog.showModal();
}

// A menu in a table that scrolls would be cut off: it goes to the top layer, below its button or above it.
on("toggle", ({ target: menu }) => {
  if (!menu.matches?.(".table-frame details[data-menu]")) return;
  const list = menu.lastElementChild;
  if (menu.open) lift(list, menu);
  else list.popover = null;
}, true);

/** Show a list in the top layer, below its anchor or above it, ending or as wide as the anchor. */
function lift(list, anchor, fit = false) {
  const { top, bottom, left, right, width } = anchor.getBoundingClientRect();
  list.popover = "manual";
  Object.assign(list.style, { position: "fixed", margin: "0", minInlineSize: fit ? `${width}px` : "" });
  if (!list.matches(":popover-open")) list.showPopover();
  const y = bottom + list.offsetHeight + 8 > innerHeight ? Math.max(4, top - list.offsetHeight - 4) : bottom + 4;
  const x = Math.max(8, fit ? left : right - list.offsetWidth);
  list.style.inset = `${y}px auto auto ${x}px`;
}

addEventListener("scroll", ({ target }) => {
  if (target.closest?.(".menu-list, .options")) return;
  for (const menu of $$(".table-frame details[data-menu][open]")) lift(menu.lastElementChild, menu);
  for (const list of $$(".table-frame .options:not([hidden])")) lift(list, lookupOf(list).input, true);
}, { capture: true, passive: true });

on("click", (event) => {
  const target = event.target;
  closeMenus(target.closest("details[data-menu]"));
  const dismiss = target.closest("[data-dismiss]");
  if (dismiss?.dataset.dismiss === "toast") dismiss.closest("[data-toast]").remove();
  if (dismiss?.dataset.dismiss === "dialog" && dismiss.closest("dialog")) {
    event.preventDefault();
    dismiss.closest("dialog").close();
  }
  if (target.matches("dialog:modal") && outside(target, event)) target.close();
  const opener = target.closest("[command=show-modal]");
  if (opener && !("command" in opener)) show(document.getElementById(opener.getAttribute("commandfor")));
});

function outside(element, { clientX: x, clientY: y }) {
  const box = element.getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

// ---- tables: select all, ranges, the cursor -------------------------------------------------------------------------

let lastTick = null;

on("click", (event) => {
  const tick = event.target;
  if (!tick.matches("[data-table] input[type=checkbox]")) return;
  const ticks = $$("tbody .tick-cell input", tick.closest("table"));
  if (tick.matches("[data-select-all]")) for (const other of ticks) other.checked = tick.checked;
  else if (event.shiftKey && ticks.includes(lastTick)) {
    const [from, to] = [ticks.indexOf(lastTick), ticks.indexOf(tick)].sort((a, b) => a - b);
    for (const other of ticks.slice(from, to + 1)) other.checked = tick.checked;
  }
  lastTick = tick;
  const chosen = ticks.filter((other) => other.checked).length;
  const all = $("[data-select-all]", tick.closest("table"));
  if (all) Object.assign(all, { checked: chosen === ticks.length, indeterminate: chosen > 0 && chosen < ticks.length });
  showSelection(chosen);
});

// The whole cell chooses the row.
on("click", ({ target, shiftKey }) => {
  if (target.matches("[data-table] .tick-cell")) $("input", target)?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey }));
});

/** The bar of bulk actions is there when something is ticked, and says how much. */
function showSelection(count) {
  const bar = $("[data-selection]");
  if (!bar) return;
  bar.classList.toggle("on", count > 0);
  const words = $("[data-count]", bar);
  words.textContent = words.dataset.count.replace("#", count.toLocaleString("en"));
}

function moveCursor(step) {
  const rows = $$("[data-table] tbody tr[data-key]");
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.matches(".cursor"));
  rows[at]?.classList.remove("cursor");
  const row = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  row.classList.add("cursor");
  row.scrollIntoView({ block: "nearest" });
  // Where rows can be chosen, a box stands before the link.
  (row.querySelector(".record-link") ?? row.querySelector("a, input"))?.focus({ preventScroll: true });
}

on("dblclick", (event) => edit(event.target.closest("td[data-edit]")));

function edit(cell) {
  if (cell && !$("input, select, textarea", cell)) window.htmx?.ajax("GET", cell.dataset.edit, { target: cell, swap: "innerHTML" });
}

// ---- keyboard; single letters can be switched off (data-no-shortcuts on the body) -----------------------------------

let going = 0; // when `g` was pressed: the letter after it names a place

const letters = {
  "/": palette,
  j: () => moveCursor(1),
  k: () => moveCursor(-1),
  x: () => $("tr.cursor .tick-cell input")?.click(),
  o: () => $("tr.cursor .record-link")?.click(),
  e: () => $("[data-key-edit]")?.click(),
  c: create,
  g: () => (going = Date.now()),
  "?": () => $("[data-key-help]")?.click(),
};

on("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const command = event.ctrlKey || event.metaKey;
  const key = event.key;
  if (command && key.toLowerCase() === "k") go(event, palette);
  else if (command && (key === "Enter" || key.toLowerCase() === "s")) save(event);
  else if (key === "Escape") escape(event);
  else if (event.ctrlKey && key === "ArrowLeft" && !typing(event.target)) $("[data-key-prev]")?.click();
  else if (event.ctrlKey && key === "ArrowRight" && !typing(event.target)) $("[data-key-next]")?.click();
  else if (!command && !event.altKey && Date.now() - going < 1500 && /^[a-z]$/i.test(key) && !resting(event.target))
    go(event, () => ((going = 0), $(`[data-key-go-${letter(key)}]`)?.click()));
  else if (!command && !event.altKey && letters[letter(key)] && !resting(event.target)) go(event, letters[letter(key)]);
});

/** Everything in one box, fetched when it is first asked for; until then the box of the page takes what is typed. */
async function palette() {
  const from = document.activeElement, { palette: script } = $(".top-search")?.dataset ?? {};
  ($("#search:not(:disabled)")?.offsetParent ? $("#search") : !script && $("[data-search]"))?.focus?.();
  if (script) (await import(script)).open(from);
}

on("click", (event) => {
  if (event.button || !event.target.closest(".search-link, #search") || !$("[data-palette]")) return;
  event.preventDefault();
  palette();
});

/** The browser remembers for the palette which records one has opened last: their ids, nothing of them. */
function remember() {
  const name = $(".top-search")?.dataset.recent, [, one] = location.pathname.match(/^\/records\/(\w+\/[0-9a-f-]{36})$/) ?? [];
  if (name && one) localStorage.setItem(name, [...new Set([one, ...(localStorage.getItem(name) ?? "").split(",")])].slice(0, 8).join());
}

/** What this page creates, else the choice of all that can be created. */
function create() {
  const here = $("#main [data-key-create]"), all = $(".topbar summary.create");
  (here ?? all)?.click();
  if (!here && all) $("a", all.nextElementSibling)?.focus();
}

/** A letter counts whether Caps Lock is on or not. */
const letter = (key) => (key.length === 1 ? key.toLowerCase() : key);

/** Letters rest while somebody types, chooses in a menu or reads a dialog, and where the reader has switched them off. */
function resting(element) {
  return typing(element) || element.closest?.("details[data-menu][open]") || $("dialog:modal") || document.body.hasAttribute("data-no-shortcuts");
}

function go(event, action) {
  event.preventDefault();
  action();
}

function save(event) {
  const button = $("[data-save]", event.target.closest?.("form") ?? document.createElement("form")) ?? $("#main [data-save]");
  if (button) go(event, () => button.form.requestSubmit(button));
}

function escape(event) {
  const menu = event.target.closest?.("details[data-menu][open]") ?? $("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  $("summary", menu).focus();
}

// Enter that ends a Chinese composition chooses the characters; it must not submit the form.
// Safari ends the composition before that key arrives, and tells by its code alone.
on("keydown", (event) => {
  if (event.key !== "Enter" || !(event.isComposing || event.keyCode === 229)) return;
  event.stopImmediatePropagation();
  if (!event.isComposing) event.preventDefault();
}, true);

// What is typed during a composition is not yet said: searches and live forms hear of it when it ends.
on("input", (event) => event.isComposing && event.isTrusted && event.stopImmediatePropagation(), true);
on("compositionend", (event) => event.target.dispatchEvent(new InputEvent("input", { bubbles: true })));

// ---- lookup: a combobox over the select that holds the value --------------------------------------------------------

const waits = new WeakMap();

function lookupOf(element) {
  const root = element.closest?.("[data-lookup]");
  return root && { root, select: $("select", root), input: $("[role=combobox]", root), list: $("[role=listbox]", root) };
}

async function search({ root, input, list }) {
  const url = new URL(root.dataset.lookup, location);
  url.searchParams.set("q", input.value);
  for (const name of (root.dataset.with ?? "").split(" ").filter(Boolean))
    url.searchParams.set(name, new FormData(root.closest("form")).get(name) ?? "");
  waits.get(root)?.abort();
  const abort = new AbortController();
  waits.set(root, abort);
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: abort.signal });
    if (!answer.ok) throw new Error(answer.status);
    list.innerHTML = await answer.text();
    $$("[role=option]", list).forEach((option, index) => (option.id = `${list.id}-${index}`));
    openList({ input, list });
    announce($("[data-announce]", list)?.dataset.announce ?? list.innerText.split("\n")[0]);
  } catch (error) {
    if (error.name !== "AbortError") toast(document.body.dataset.failed);
  }
}

function openList({ input, list }) {
  list.hidden = false;
  if (list.closest(".table-frame")) lift(list, input, true);
  input.ariaExpanded = "true";
  highlight({ input, list }, $("[role=option]:not([aria-disabled])", list));
}

function closeList({ input, list }) {
  list.hidden = true;
  list.popover = null;
  input.ariaExpanded = "false";
  input.removeAttribute("aria-activedescendant");
}

function highlight({ input, list }, option) {
  for (const other of $$("[aria-selected]", list)) other.removeAttribute("aria-selected");
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.ariaSelected = "true";
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function pick(parts, option) {
  if (!option || option.ariaDisabled) return;
  if (option.dataset.href) return window.htmx.ajax("GET", option.dataset.href, { target: "#dialog-body" });
  choose(parts, option.dataset.value, option.dataset.label);
  closeList(parts);
}

function choose({ select, input }, value, label) {
  if (value && !$$("option", select).some((option) => option.value === value)) select.add(new Option(label, value));
  select.value = value;
  input.value = label;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

on("input", (event) => {
  const parts = event.target.matches("[role=combobox]") && lookupOf(event.target);
  if (!parts) return;
  clearTimeout(parts.root.timer);
  parts.root.timer = setTimeout(() => search(parts), 180);
});

on("keydown", (event) => {
  const parts = event.target.matches?.("[role=combobox]") && lookupOf(event.target);
  if (!parts || event.isComposing || event.keyCode === 229) return;
  const options = $$("[role=option]:not([aria-disabled])", parts.list);
  const at = options.findIndex((option) => option.ariaSelected === "true");
  const open = !parts.list.hidden;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!open) return search(parts);
    highlight(parts, options[(at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]);
  } else if (event.key === "Enter" && open) go(event, () => pick(parts, options[at]));
  else if (event.key === "Escape" && open) {
    event.stopPropagation();
    go(event, () => closeList(parts));
  }
});

on("mousedown", (event) => event.target.closest("[data-lookup] [role=option]") && event.preventDefault());
on("click", (event) => {
  const parts = lookupOf(event.target);
  if (!parts) return;
  const option = event.target.closest("[role=option]");
  if (option) pick(parts, option);
  if (event.target.closest("[data-clear]")) choose(parts, "", ""), parts.input.focus();
  // What there is to choose from shows at a click, as under any other choice.
  if (event.target === parts.input && parts.list.hidden && !parts.input.value) search(parts);
});
on("focusout", (event) => {
  const parts = event.target.matches("[role=combobox]") && lookupOf(event.target);
  if (!parts) return;
  closeList(parts);
  if (parts.input.value === "") parts.select.value && choose(parts, "", "");
  else parts.input.value = parts.select.value ? parts.select.selectedOptions[0].text : "";
});

// ---- files: sent as soon as they are chosen, and then boxes like those that are there -------------------------------

let sending = 0;

// What is sent at once need not go with the form again.
const nameless = (root) => $$("[data-files] input[type=file]", root).forEach((input) => input.removeAttribute("name"));

on("change", (event) => {
  if (!event.target.matches("[data-files] input[type=file]")) return;
  event.stopImmediatePropagation();
  sendAll(event.target.closest("[data-files]"), event.target.files).finally(() => (event.target.value = ""));
}, true);

for (const type of ["dragover", "dragleave", "drop"])
  on(type, (event) => {
    const root = event.target.closest?.("[data-files]");
    if (!root || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    root.classList.toggle("over", type === "dragover");
    if (type === "drop") sendAll(root, event.dataTransfer.files);
  });

on("submit", (event) => {
  if (!sending || !event.target.matches("[data-guard]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  toast($("[data-files]", event.target).dataset.wait, "info");
}, true);

async function sendAll(root, files) {
  const chosen = root.hasAttribute("data-many") ? [...files] : [...files].slice(0, 1);
  const wrong = $("[role=alert]", root);
  wrong.hidden = true;
  for (const file of chosen) {
    sending++;
    try {
      add(root, await send(root, file, await small(file)));
    } catch (error) {
      wrong.hidden = false;
      wrong.textContent = `${file.name}: ${error.message || root.dataset.failed}`;
    } finally {
      sending--;
    }
  }
}

/** A small picture of a picture, for lists; where the browser cannot make one there is none. */
async function small(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return null;
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, 320 / Math.max(bitmap.width, bitmap.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width * scale, height: bitmap.height * scale });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/webp", 0.8));
  } catch {
    return null;
  }
}

/** Send a file, with its progress shown; the server says what it has become, or why it is not taken. */
function send(root, file, preview) {
  const body = new FormData(), bar = $("progress", root), request = new XMLHttpRequest();
  body.append("file", file, file.name);
  if (preview) body.append("preview", preview, "preview");
  bar.hidden = false;
  request.upload.onprogress = ({ loaded, total }) => (bar.value = (100 * loaded) / total);
  return new Promise((done, failed) => {
    request.onloadend = () => {
      bar.hidden = true;
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {}
      if (request.status === 201) done(answer.data);
      else failed(new Error(answer.detail ?? ""));
    };
    request.open("POST", root.dataset.files);
    request.setRequestHeader("x-csrf-token", $("[name=_csrf]", root.closest("form"))?.value ?? "");
    request.setRequestHeader("accept-language", document.documentElement.lang);
    request.send(body);
  });
}

function add(root, { id, name, type, size, width }) {
  const list = $("ul", root), item = $("template", root).content.firstElementChild.cloneNode(true), box = $("input", item);
  box.value = `${id}/${type}/${size}/${name}`;
  $(".file-name", item).textContent = name;
  $("small", item).textContent = sized(size);
  if (width) $(".icon", item).replaceWith(Object.assign(new Image(40, 40), { src: `/files/${id}/preview`, alt: "" }));
  if (!root.hasAttribute("data-many")) list.replaceChildren();
  list.append(item);
  dirty = true;
  announce(root.dataset.done.replace("#", name));
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function sized(size) {
  const step = size < 1e3 ? 0 : size < 1e6 ? 1 : 2, value = size / 1e3 ** step;
  return `${value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: step && value < 10 ? 1 : 0 })} ${["B", "kB", "MB"][step]}`;
}

// ---- forms: nothing typed is lost -----------------------------------------------------------------------------------

let dirty = false;
on("input", (event) => event.target.closest("form[data-guard]") && (dirty = true));
on("submit", () => (dirty = false));
addEventListener("beforeunload", (event) => dirty && event.preventDefault());

// ---- from page to page: the frame stays, only `main` is swapped -----------------------------------------------------

on("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (!link.closest(".sidenav, .bottom-bar, .topbar, main") || link.matches("[hx-get], [target], [download]")) return;
  // A link within a drawing has no text there.
  const url = new URL(link.href.baseVal ?? link.href, location);
  // With something typed and not saved the browser itself asks, which it does for a real departure only.
  if (url.origin !== location.origin || url.hash || dirty || !window.htmx || !$(".app > #main")) return;
  event.preventDefault();
  visit(url);
});

async function visit({ pathname, search }) {
  closeMenus();
  const headers = { "HX-Target": "main#main" };
  await window.htmx.ajax("GET", pathname + search, { target: "#main", select: "#main", swap: "outerHTML", push: "true", headers });
  const sidenav = $("#sidenav:popover-open");
  sidenav?.hidePopover();
  markPlace();
  scrollTo(0, 0);
  const first = $("#main [autofocus]") ?? $("#main [data-focus]") ?? $("#main h1");
  first?.focus({ preventScroll: true });
  announce(document.title);
}

/** What the frame says about the page within it: the place in the navigation, and where the look's forms come back to. */
function markPlace() {
  const here = location.pathname;
  for (const link of $$(":is(.sidenav, .bottom-bar) li a")) {
    const place = new URL(link.href).pathname;
    const current = here === place || (place !== "/" && here.startsWith(`${place}/`));
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const back of $$("[data-look] input[name=back]")) back.value = here + location.search;
  if ($("#search")) $("#search").value = "";
  remember();
}

// ---- htmx: progress, focus, words -----------------------------------------------------------------------------------

let running = 0;

function progress(step) {
  running = Math.max(0, running + step);
  $("#progress").classList.toggle("on", running > 0);
}

on("htmx:before:request", (event) => {
  progress(1);
  event.detail.ctx?.target?.setAttribute?.("aria-busy", "true");
});
on("htmx:finally:request", (event) => {
  progress(-1);
  event.detail.ctx?.target?.removeAttribute?.("aria-busy");
});
on("htmx:error", (event) => event.detail.ctx && toast(document.body.dataset.failed));
on("htmx:after:swap", (event) => {
  const target = event.detail.ctx?.target;
  if (target?.id === "dialog-body" && target.childElementCount) show(target.closest("dialog"));
  settle(target?.isConnected ? target : document);
});

/** After a page or a swap: the focus goes to what the server marked, the words of `data-announce` are read out. */
function settle(root) {
  nameless(root);
  const board = $("[data-board]");
  if (board) import(board.dataset.board);
  if ($("[data-selection]", root)) showSelection($$("[data-table] tbody .tick-cell input:checked").length);
  const marked = $("[data-focus]", root);
  if (marked) marked.focus();
  const words = $("[data-announce]", root);
  if (words) announce(words.dataset.announce || words.textContent);
}

settle(document);
remember();
if ($("[data-events]")) import($("[data-events]").dataset.script);
