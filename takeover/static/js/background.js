// A page that nobody looks at asks for nothing: what looks again by itself waits until it is seen, and until
// there is a network to ask.

document.addEventListener("htmx:beforeRequest", (event) => {
  const looksAgain = event.detail.elt.getAttribute("hx-trigger")?.startsWith("every");
  if (looksAgain && (document.hidden || !navigator.onLine)) event.preventDefault();
});
