// A form that must not be sent twice: its button rests while the answer is on its way, and says what happens. The
// server counts each page once, too; this is for the eyes and the thumb.

for (const form of document.querySelectorAll("form[data-once]")) {
  const button = form.querySelector("button[type=submit]");
  const label = button.querySelector("span");
  const status = form.querySelector("[data-once-words]");
  const atRest = label.textContent;

  form.addEventListener("submit", (event) => {
    if (button.disabled) event.preventDefault();
    button.disabled = true;
    label.textContent = form.dataset.once;
    status.textContent = status.dataset.words;
  });

  // Back from the next page, which the browser may show as it was left.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    button.disabled = false;
    label.textContent = atRest;
    status.textContent = "";
  });
}
