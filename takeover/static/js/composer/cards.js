// The list of pictures: renewed by what the server says, without losing what is typed in it.

import { fills, framesOf, leavesRoom, lookOf, partOf } from "./looks.js";
import { settleShape } from "./shapes.js";
import { oneLine, words } from "./words.js";

export function list() {
  return document.getElementById("pictures");
}

export function cards() {
  return [...list().children];
}

export function cardOf(item) {
  return item.card ?? list().querySelector(`[data-upload="${item.token}"]`);
}

// The server's list as it is now: an element, or null where there was no answer.
export async function ask(form) {
  try {
    const response = await fetch(form.dataset.arriving, { headers: { "HX-Request": "true" } });
    if (!response.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.getElementById("pictures");
  } catch {
    return null;
  }
}

export function renew(fresh) {
  const old = list();
  const { id, selectionStart, selectionEnd } = document.activeElement ?? {};
  const hadFocus = old.contains(document.activeElement) && id;
  for (const card of fresh.children) carry(old.querySelector(`#${card.id}`), card);
  fresh.append(...old.querySelectorAll("[data-coming]"));
  old.replaceWith(fresh);
  htmx.process(fresh);
  const focused = hadFocus && document.getElementById(id);
  if (!focused) return;
  focused.focus({ preventScroll: true });
  if (selectionStart !== undefined) focused.setSelectionRange?.(selectionStart, selectionEnd);
}

function carry(from, to) {
  if (!from) return;
  const typed = from.querySelector("textarea");
  if (typed && typed.value !== typed.defaultValue) {
    to.querySelector("textarea").value = typed.value;
    // They were typed over these: what another page has written meanwhile, nobody has seen here.
    to.querySelector("input[name^=was_]").value = from.querySelector("input[name^=was_]").value;
  }
  const now = to.querySelector(".picture");
  const before = from.querySelector(".picture");
  if (now.dataset.seen === before.dataset.seen) now.replaceWith(before);
}

// A card for a file that the server knows nothing of yet.
export function addComing(item) {
  const card = document.getElementById("picture-coming").content.firstElementChild.cloneNode(true);
  item.card = card;
  const removeIt = words("removeIt", { name: oneLine(item.file.name) });
  card.querySelector("[data-drop]").setAttribute("aria-label", removeIt);
  list().append(card);
}

// Every frame in its shape; in those of which we have the file, its picture.
export function dress(form, items) {
  const seen = () => dress(form, items);
  settleShape(form, list());
  const all = cards();
  const files = new Map(items.map((item) => [cardOf(item), item.file]));
  const facts = all.map((card) => factsOf(card, files.get(card), seen));
  const frames = framesOf(form, facts);
  all.forEach((card, number) => {
    const frame = card.querySelector("[data-frame]");
    const part = facts[number].isLocal ? partOf(form, facts[number]) : null;
    frame.style.setProperty("--ratio", frames[number]);
    frame.style.setProperty("--part", part);
    frame.classList.toggle("filled", fills(form) && part !== null);
    if (part) card.querySelector("[data-bordered]").hidden = isRefused(card) || !leavesRoom(part, frames[number]);
  });
  list().classList.toggle("one", all.length === 1 && !isRefused(all[0]));
}

export function isRefused(card) {
  return card.querySelector(".picture").dataset.state === "refused";
}

function factsOf(card, file, seen) {
  const frame = card.querySelector("[data-frame]");
  const made = frame.querySelector("img[data-made]");
  if (made) {
    const ratio = made.getAttribute("width") / made.getAttribute("height");
    return { ratio, isVideo: "video" in frame.dataset, isLocal: false };
  }
  if (!file) return { ratio: null, isVideo: "video" in frame.dataset, isLocal: false };
  const look = lookOf(file, seen);
  if (look.unseen || !look.ratio) look.element.remove();
  else if (look.element.parentElement !== frame) frame.prepend(look.element);
  const none = frame.querySelector("[data-unseen]");
  if (none) none.textContent = isRefused(card) ? "" : oneLine(file.name); // there its reason begins with it
  return { ratio: look.ratio, isVideo: look.element.localName === "video", isLocal: true };
}

// What the card says of its upload, and its bar.
export function tellOf(item, sending) {
  const card = cardOf(item);
  const said = card?.querySelector("[data-said]");
  if (!said || card.querySelector(".picture").dataset.state !== "arriving") return;
  const percent = Math.floor((100 * (item.sent ?? 0)) / Math.max(item.file.size, 1));
  const bar = card.querySelector("[data-bar]");
  bar.hidden = item.state === "stopped";
  bar.value = percent;
  said.textContent = words(saying(item, sending), { percent });
}

function saying(item, sending) {
  if (item.state === "done") return "arrived";
  if (item.state === "stopped") return item.status === 0 ? "unreadable" : "stopped";
  if (sending.barred) return "barred";
  if (sending.paused) return "held";
  if (sending.trouble || !navigator.onLine) return "waitsForNetwork";
  if (sending.full) return "waitsForRoom";
  return item.state === "sending" ? "percent" : "waits";
}
