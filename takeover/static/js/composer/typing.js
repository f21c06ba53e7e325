// Whatever is typed is kept: when a field is left, when the keys rest, and when the page goes away.

import { beginForWords } from "./choosing.js";
import { composer, isSaved, save } from "./form.js";
import { wish } from "./work.js";

const RESTS = 2500; // ms without a key

let resting;

export async function keepWords() {
  clearTimeout(resting);
  const form = composer();
  if (!form || wish.address) return;
  if (!form.dataset.post) {
    if (!form.elements.caption.value.trim()) return;
    await beginForWords().catch(() => {});
  }
  const isKept = await save();
  const note = document.querySelector("[data-saved]");
  if (isKept && note) note.hidden = !isSaved();
}

export function watchTyping() {
  document.addEventListener("input", (event) => {
    if (!event.target.matches("form[data-composer] textarea")) return;
    document.querySelector("[data-saved]").hidden = true;
    clearTimeout(resting);
    resting = setTimeout(keepWords, RESTS);
  });
  const leave = () => composer()?.dataset.post && !wish.address && save({ leaving: true });
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  addEventListener("pagehide", leave);
}
