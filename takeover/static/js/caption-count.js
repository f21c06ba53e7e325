// Counts a caption as Instagram does: UTF-16 code units, and hashtags. Says so before the server has to.

const HASHTAG = /(?<![\p{L}\p{N}_&])#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*/gu;

function count(field) {
  const { limit, tagLimit, tagAdvice } = field.dataset;
  const caption = field.querySelector("textarea").value;
  const characters = caption.length;
  const tags = (caption.match(HASHTAG) ?? []).length;

  field.querySelector("[data-counts]").hidden = false;
  field.querySelector("[data-characters]").textContent = characters;
  field.querySelector("[data-tags]").textContent = tags;
  field.querySelector("[data-count-characters]").classList.toggle("over", characters > limit);
  field.querySelector("[data-count-tags]").classList.toggle("over", tags > tagLimit);
  field.querySelector("[data-too-long]").hidden = characters <= limit;
  field.querySelector("[data-too-many]").hidden = tags <= tagLimit;
  field.querySelector("[data-many]").hidden = tags <= tagAdvice || tags > tagLimit;
}

function countAll(root) {
  root.querySelectorAll("[data-caption-count]").forEach(count);
}

document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-caption-count]");
  if (field) count(field);
});
document.addEventListener("htmx:load", (event) => countAll(event.detail.elt));
countAll(document);
