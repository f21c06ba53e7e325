// Opens the page on which a part is chosen in a dialog over the composer, and closes it when it is saved.

import { watchCropper } from "./cropper.js";
import { watchTrimmer } from "./trimmer.js";

const HTMX = { "HX-Request": "true" }; // the page's own block is enough

// `fileOf(card)`: the chosen file, if the page still has it. `renewList()` shows what has changed.
export function watchCut({ renewList, fileOf }) {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-cut]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const response = await fetch(link.href, { headers: HTMX }).catch(() => null);
    if (!response?.ok) return location.assign(link.href);
    open(await response.text(), fileOf(link.closest("[data-picture]")), link.id);
  });

  function open(html, file, opener) {
    const dialog = document.createElement("dialog");
    dialog.className = "cut-dialog";
    document.body.append(dialog);
    history.pushState({ ...history.state, cut: true }, ""); // so that going back closes it, and stays here
    const goneBack = () => dialog.close();
    addEventListener("popstate", goneBack);
    fill(dialog, html, file);
    dialog.addEventListener("close", () => {
      dialog.remove();
      removeEventListener("popstate", goneBack);
      if (history.state?.cut) history.back();
      document.getElementById(opener)?.focus();
    });
    dialog.addEventListener("click", (event) => {
      const isOut = event.target === dialog || event.target.closest("[data-close]");
      if (!isOut) return;
      event.preventDefault();
      dialog.close();
    });
    dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      save(dialog, event.target, file);
    });
    dialog.showModal();
    (dialog.querySelector("[data-cropper-frame]") ?? dialog.querySelector("h1")).focus();
  }

  async function save(dialog, form, file) {
    const sent = { method: "POST", body: new FormData(form), headers: HTMX };
    const response = await fetch(form.action, sent).catch(() => null);
    if (response?.status === 422) return fill(dialog, await response.text(), file);
    if (!response?.ok) return document.dispatchEvent(new Event("htmx:sendError"));
    await renewList();
    dialog.close();
  }

  function fill(dialog, html, file) {
    const page = new DOMParser().parseFromString(html, "text/html").getElementById("page");
    dialog.replaceChildren(...page.children);
    const title = dialog.querySelector("h1");
    title.id = "cut-title";
    title.tabIndex = -1;
    dialog.setAttribute("aria-labelledby", title.id);
    const form = dialog.querySelector("form");
    watchCropper(form);
    watchTrimmer(form, file);
    dialog.querySelector(".error-summary")?.focus();
  }
}
