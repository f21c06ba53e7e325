// Somebody types in it, or has opened what to type in: it would be gone from under their hands.
function isUsed(part) {
  return part.querySelector("details[open] form textarea, details[open] form input:not([type=hidden])") !== null;
}

// A page that nobody looks at asks for nothing: what looks again by itself waits until it is seen, and until
// there is a network to ask.

document.addEventListener("htmx:beforeRequest", (event) => {
  const looksAgain = event.detail.elt.getAttribute("hx-trigger")?.startsWith("every");
  if (looksAgain && (document.hidden || !navigator.onLine || isUsed(event.detail.elt))) event.preventDefault();
});
