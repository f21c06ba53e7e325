// When htmx gets no answer, or a broken one, says so where messages are said. The page keeps what was typed.

function say(event) {
  // What looks again by itself does so again.
  if (event.detail?.elt?.getAttribute("hx-trigger")?.startsWith("every")) return;
  const words = document.getElementById("trouble-words");
  const messages = document.getElementById("messages");
  if (!words || !messages) return;
  messages.replaceChildren(words.content.cloneNode(true));
  messages.scrollIntoView({ block: "nearest" });
}

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, say);
}
