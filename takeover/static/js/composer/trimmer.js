// From when to when a clip is shown, and its cover: chosen in the clip itself, where this browser can play
// it. Else the form's numbers stay.

const LEAST = 0.5; // seconds between begin and end

// `file`: the chosen one, if the page still has it.
export function watchTrimmer(form, file) {
  const place = form.querySelector("[data-trimmer]");
  if (!place) return;
  const clip = place.querySelector("[data-trimmer-clip]");
  const numbers = form.querySelector("[data-trimmer-numbers]");
  clip.addEventListener("loadedmetadata", () => {
    if (!clip.videoWidth || !Number.isFinite(clip.duration)) return;
    place.hidden = false;
    numbers.hidden = true;
    choose(place, form.elements, clip);
  }, { once: true });
  clip.addEventListener("error", () => {
    place.hidden = true;
    numbers.hidden = false;
  });
  clip.src = file ? URL.createObjectURL(file) : place.dataset.clip;
}

function choose(place, fields, clip) {
  const seconds = Number(place.dataset.seconds) || clip.duration;
  const start = place.querySelector("[data-trimmer-start]");
  const end = place.querySelector("[data-trimmer-end]");
  start.max = end.max = seconds.toFixed(1);
  start.value = fields.start.value || 0;
  end.value = fields.end.value || seconds;
  let cover = fields.cover_at.value === "" ? null : Number(start.value) + Number(fields.cover_at.value);

  function tell() {
    const [from, to] = [Number(start.value), Number(end.value)];
    fields.start.value = from > 0.05 ? from : "";
    fields.end.value = to < seconds - 0.1 ? to : "";
    const isIn = cover !== null && cover >= from && cover <= to;
    fields.cover_at.value = isIn ? (cover - from).toFixed(2) : "";
    place.querySelector("[data-trimmer-begins]").value = from.toFixed(1);
    place.querySelector("[data-trimmer-ends]").value = to.toFixed(1);
    place.querySelector("[data-trimmer-said]").value =
      place.dataset.words.replace("{seconds}", (to - from).toFixed(1));
    place.querySelector("[data-trimmer-covers]").value =
      isIn ? place.dataset.coverWords.replace("{second}", (cover - from).toFixed(1)) : "";
  }

  start.addEventListener("input", () => {
    start.value = Math.max(Math.min(start.value, end.value - LEAST), 0);
    clip.currentTime = start.value;
    tell();
  });
  end.addEventListener("input", () => {
    end.value = Math.max(end.value, Number(start.value) + LEAST);
    clip.currentTime = end.value;
    tell();
  });
  clip.addEventListener("timeupdate", () => {
    if (!clip.paused && clip.currentTime > end.value) clip.pause();
  });
  clip.addEventListener("play", () => {
    if (clip.currentTime >= end.value || clip.currentTime < start.value) clip.currentTime = start.value;
  });
  place.querySelector("[data-trimmer-cover]").addEventListener("click", () => {
    cover = Math.min(Math.max(clip.currentTime, start.value), end.value);
    tell();
  });
  clip.currentTime = cover ?? Number(start.value);
  tell();
}
