// Whatever is typed is kept: when a field is left, when the keys rest, and when the page goes away.

import { beginForWords } from "./choosing.js";
import { composer, isSaved, save } from "./form.js";
import { forgive } from "./mistakes.js";
import { forgetOld, noteSaved, recall, remember } from "./remembering.js";
import { wish } from "./work.js";

const RESTS = 2500; // ms without a key
const PATIENCE = 8000; // ms until words that did not arrive are sent again

let resting;

export async function keepWords() {
  clearTimeout(resting);
  const form = composer();
  if (!form || wish.address) return;
  if (!form.dataset.post) {
    if (!form.elements.caption.value.trim()) return;
    await beginForWords().catch(() => {});
  }
  if (!(await save())) return (resting = setTimeout(keepWords, PATIENCE));
  if (isSaved()) noteSaved();
  for (const field of form.querySelectorAll(".field.wrong:has(> textarea)")) {
    if (field.querySelector("textarea").value.trim()) forgive(field); // they were taken
  }
  const note = document.querySelector("[data-saved]");
  if (note) note.hidden = !isSaved();
}

export function watchTyping() {
  document.addEventListener("input", (event) => {
    if (!event.target.matches("form[data-composer] textarea")) return;
    document.querySelector("[data-saved]").hidden = true;
    document.querySelector("[data-kept]").hidden = true;
    const { defaultValue: before, value } = event.target;
    if (!before.trim() && value.trim()) forgive(event.target.closest(".field"));
    remember();
    clearTimeout(resting);
    resting = setTimeout(keepWords, RESTS);
  });
  const leave = () => composer()?.dataset.post && !wish.address && save({ leaving: true });
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  addEventListener("pagehide", leave);
  const again = () => composer() && !isSaved() && keepWords();
  addEventListener("online", again);
  document.addEventListener("signedin", again);
  forgetOld();
  if (recall()) keepWords();
}
