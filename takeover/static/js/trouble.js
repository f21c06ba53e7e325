// When htmx gets no answer, or a broken one, says so where messages are said. The page keeps what was typed.

// What looks again by itself does so again.
function isLooking(event) {
  return event.detail?.elt?.getAttribute("hx-trigger")?.startsWith("every");
}

function say(event) {
  if (isLooking(event)) return;
  const words = document.getElementById("trouble-words");
  const messages = document.getElementById("messages");
  if (!words || !messages) return;
  messages.replaceChildren(words.content.cloneNode(true));
  messages.firstElementChild.dataset.trouble = "";
  messages.scrollIntoView({ block: "nearest" });
}

// Something has reached us since.
function forget() {
  for (const one of document.querySelectorAll("[data-trouble]")) one.remove();
}

document.addEventListener("reached", forget);
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && !isLooking(event)) forget();
});

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, say);
}
