// Moving cards on boards and in calendars: by pointer, by keys, and what others move. Without it "Move" is a link to a page.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, handler, capture = false) => document.addEventListener(type, handler, capture);
const EVERY = 10_000;

const boardOf = (element) => element?.closest?.("[data-board]");
const cardOf = (element) => element?.closest?.("[data-card]");
const nameOf = (card) => $(".record-link", card).textContent;
const say = (board, what, ...found) => found.reduceRight((text, one, place) => text.replace("#".repeat(place + 1), one), board.dataset[what]);

function announce(text) {
  $("#live").textContent = "";
  setTimeout(() => ($("#live").textContent = text), 50);
}

// ---- a move: sent to the gate; what it says is told where the card is -----------------------------------------------

/** Move a card to a place; where that is refused it goes back to where it was and says why. */
async function move(card, drop, to = drop.dataset.drop) {
  const board = boardOf(card), before = { parent: card.parentElement, next: card.nextElementSibling };
  const from = (card.dataset.at ? $$("th[data-drop]", board)[card.dataset.at] : before.parent).dataset.drop;
  const place = drop.dataset.drop === to ? drop.dataset.label : to;
  $(".refusal", card)?.remove();
  // In a timeline the columns are heads, which hold no cards.
  if (drop !== before.parent && !drop.matches("th")) drop.prepend(card);
  card.setAttribute("aria-busy", "true");
  const answer = await send($("[data-move]", card).href, new URLSearchParams({ to, _version: card.dataset.version })).catch(() => null);
  card.removeAttribute("aria-busy");
  if (answer?.status === 204) return location.reload(); // the session has ended: the page asks to sign in
  if (answer?.ok && !answer.headers.has("x-kith-asks")) {
    announce(say(board, "sayMoved", nameOf(card), place));
    await refresh(board, card.dataset.card);
    return offerBack(card.dataset.card, from);
  }
  before.parent.insertBefore(card, before.next);
  $("[data-move]", card).focus();
  if (answer?.ok) return fetchInto("dialog-body", answer.headers.get("x-kith-asks"));
  refuse(board, card, answer?.status === 422 ? await answer.text() : "");
}

/** Have the server's part of that name put into its place. */
const fetchInto = (id, address) => window.htmx.ajax("GET", address, { target: `#${id}`, headers: { "HX-Target": `div#${id}` } });

function send(address, body) {
  const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers:inherited")) };
  return fetch(address, { method: "POST", headers, body });
}

/** For a while the card offers to go back to where it came from, if its new place lets it. */
function offerBack(key, from) {
  const card = $(`[data-card="${key}"]`), drop = card && $(`[data-drop="${CSS.escape(from)}"]`, boardOf(card));
  const ways = card?.closest("[data-lane]")?.dataset.ways.split(" ") ?? [from];
  if (!drop || !ways.includes(from) || !$("[data-move]", card)) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button small card-back" });
  button.textContent = boardOf(card).dataset.sayUndo;
  button.addEventListener("click", () => (button.remove(), move(card, drop)));
  card.append(button);
  setTimeout(() => document.activeElement !== button && button.remove(), 10_000);
}

/** Say beside the card why it stays. */
function refuse(board, card, html) {
  card.classList.remove("refused");
  void card.offsetWidth;
  card.classList.add("refused");
  card.insertAdjacentHTML("beforeend", html || `<div class="refusal"><div></div></div>`);
  if (!html) $(".refusal div", card).textContent = document.body.dataset.failed;
  const reasons = $$(".reason", card).map((one) => one.textContent).join(" ");
  announce(`${say(board, "sayBack", nameOf(card))} ${reasons}`);
}

on("click", (event) => event.target.closest("[data-dismiss=refusal]")?.closest(".refusal").remove());

// A place that is chosen in the dialog is a move like any other.
on("submit", (event) => {
  const form = event.target.closest("#dialog [data-moving]");
  const id = form && new URL(form.action).pathname.split("/").at(-2);
  const card = form && $(`[data-card="${id}"]`);
  if (!card) return;
  event.preventDefault();
  const to = event.submitter?.name === "to" ? event.submitter.value : new FormData(form).get("to");
  form.closest("dialog").close();
  move(card, $(`[data-drop="${CSS.escape(to)}"]`) ?? card.parentElement, to);
});

// ---- with the pointer -----------------------------------------------------------------------------------------------

let dragged = null;
let grabbed = 0;

on("dragstart", (event) => {
  const card = cardOf(event.target);
  if (!card?.draggable || !boardOf(card)) return;
  dragged = card;
  grabbed = headAt(boardOf(card), event.clientX) - Number(card.dataset.at ?? 0);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", nameOf(card));
  setTimeout(() => mark(card, true));
});

on("dragend", () => dragged && (mark(dragged, false), over(null), (dragged = null)));

on("dragover", (event) => {
  const drop = dragged && dropAt(event);
  if (!drop) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  over(drop);
});

on("drop", (event) => {
  const card = dragged, drop = card && dropAt(event);
  if (!drop) return;
  event.preventDefault();
  over(null);
  if (drop !== card.parentElement && drop !== $$("th[data-drop]", boardOf(card))[card.dataset.at]) move(card, drop);
});

/** The place under the pointer: a column or a day counts as a whole, and in a timeline the head above a bar's beginning. */
function dropAt({ target, clientX }) {
  const board = boardOf(dragged);
  if (boardOf(target) !== board) return null;
  const heads = $$("th[data-drop]", board);
  if (heads.length) return heads[Math.max(0, Math.min(heads.length - 1, headAt(board, clientX) - grabbed))];
  const place = target.closest("[data-drop], [data-place]");
  return place?.matches("[data-drop]") ? place : place && $("[data-drop]", place);
}

/** The number of the head above a place. */
function headAt(board, x) {
  return $$("th[data-drop]", board).findLastIndex((head) => head.getBoundingClientRect().left <= x);
}

function over(drop) {
  for (const one of $$("[data-drop].over")) if (one !== drop) one.classList.remove("over");
  drop?.classList.add("over");
}

/** Show that a card is on its way, and where it may go as far as the columns tell. */
function mark(card, moving) {
  const board = boardOf(card), lane = card.closest("[data-lane]");
  card.classList.toggle("dragging", moving && card === dragged);
  if (!board || !lane) return;
  const ways = new Set([lane.dataset.lane, ...lane.dataset.ways.split(" ")]);
  board.classList.toggle("moving", moving);
  for (const one of $$("[data-lane]", board)) one.classList.toggle("possible", ways.has(one.dataset.lane));
}

// ---- with keys: Space lifts, arrows choose, Space puts down ---------------------------------------------------------

let lifted = null;

on("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const handle = event.target.closest?.("[data-board] [data-move]");
  if (!lifted && handle && event.key === " ") return event.preventDefault(), lift(cardOf(handle));
  if (!lifted) return go(event);
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -lifted.across, ArrowDown: lifted.across }[event.key];
  if (step) choose(step);
  else if (event.key === " " || event.key === "Enter") put();
  else if (event.key === "Escape" || event.key === "Tab") leave();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
});

/** Without a card lifted the arrows go from card to card: along a column or day, and to the next that holds any. */
function go(event) {
  const card = cardOf(event.target), board = boardOf(card);
  if (!board || event.shiftKey || !event.key.startsWith("Arrow")) return;
  const places = $$("[data-drop]", board).map((one) => $$("[data-card]", one)).filter((cards) => cards.length);
  const at = places.findIndex((cards) => cards.includes(card)), row = places[at]?.indexOf(card);
  const along = { ArrowUp: -1, ArrowDown: 1 }[event.key], across = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const found = at < 0 ? null : along ? places[at][row + along] : places[at + across]?.at(Math.min(row, places[at + across].length - 1));
  if (!found) return;
  event.preventDefault();
  ((event.target.matches("[data-move]") && $("[data-move]", found)) || $(".record-link", found)).focus();
}

function lift(card) {
  const board = boardOf(card), drops = $$("[data-drop]", board);
  lifted = { card, board, drops, at: card.dataset.at ? Number(card.dataset.at) : drops.findIndex((one) => one.contains(card)), across: Number(board.dataset.across) };
  card.classList.add("lifted");
  mark(card, true);
  announce(say(board, "sayLifted", nameOf(card)));
}

function choose(step) {
  lifted.at = Math.max(0, Math.min(lifted.drops.length - 1, lifted.at + step));
  const drop = lifted.drops[lifted.at];
  over(drop);
  drop.scrollIntoView({ block: "nearest", inline: "nearest" });
  announce(say(lifted.board, "sayOver", drop.dataset.label));
}

function put() {
  const { card, drops, at } = lifted;
  leave();
  if (drops[at] && !drops[at].contains(card) && card.dataset.at !== String(at)) move(card, drops[at]);
}

function leave() {
  const { card } = lifted;
  card.classList.remove("lifted");
  mark(card, false);
  over(null);
  lifted = null;
}

on("focusout", (event) => lifted && cardOf(event.target) === lifted.card && leave());

// A click into an empty part of a day makes a record there.
on("click", (event) => {
  const day = event.target.closest(".days .day");
  if (day && !event.target.closest("a, button, [data-card]")) $(".day-create", day)?.click();
});

// ---- the column that a phone shows ----------------------------------------------------------------------------------

on("click", (event) => {
  const link = event.target.closest("[data-lane-switch]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  for (const one of $$("[data-lane-switch]")) one.toggleAttribute("aria-current", false);
  link.setAttribute("aria-current", "true");
  for (const one of $$("[data-lane]")) one.classList.toggle("shown", one.dataset.lane === link.dataset.laneSwitch);
  history.replaceState(history.state, "", link.href);
}, true);

// ---- what others do -------------------------------------------------------------------------------------------------

/** The board as it stands now, with as many cards as were there, and the focus where it was. */
async function refresh(board, key = cardOf(document.activeElement)?.dataset.card) {
  const url = new URL(location), shown = Math.max(1, ...$$("[data-drop]", board).map((one) => $$("[data-card]", one).length));
  const handle = document.activeElement?.matches?.("[data-move]") || !cardOf(document.activeElement);
  if (board.matches(".board")) url.searchParams.set("rows", shown);
  const { scrollLeft } = board;
  await fetchInto("results", url.pathname + url.search);
  const now = $("[data-board]"), card = key && $(`[data-card="${key}"]`);
  if (now) now.scrollLeft = scrollLeft;
  if (card) (handle ? $("[data-move]", card) : $(".record-link", card))?.focus({ preventScroll: true });
}

async function look() {
  const board = $("[data-board][data-pulse]");
  if (!board || document.hidden || dragged || lifted || $("dialog:modal, .refusal, #main details[open]")) return;
  const answer = await fetch(board.dataset.pulse, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status !== 200) return;
  const token = await answer.text();
  if (token === board.dataset.token || !board.isConnected || dragged || lifted) return;
  refresh(board);
}

setInterval(look, EVERY);
on("visibilitychange", look);
