// From when to when a clip is shown, and its cover: chosen in the clip itself, where this browser can play
// it. Else the form's numbers stay. All is counted on the clip's own clock.

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
  start.value = numberIn(fields.start) ?? 0;
  end.value = numberIn(fields.end) ?? seconds;
  let cover = numberIn(fields.cover_at); // as all here: seconds of the file

  const frame = place.querySelector("[data-trimmer-frame]");
  const take = place.querySelector("[data-trimmer-cover]");

  function isShown(second) {
    return second >= Number(start.value) && second <= Number(end.value);
  }

  // Which moment it would be, as the clip stands.
  function offer() {
    take.firstElementChild.textContent = place.dataset.takeWords.replace("{second}", tenths(clip.currentTime));
  }

  function drawFrame() {
    frame.width = Math.round((96 * clip.videoWidth) / clip.videoHeight);
    frame.height = 96;
    frame.getContext("2d").drawImage(clip, 0, 0, frame.width, frame.height);
    frame.hidden = false;
  }

  function tell() {
    const [from, to] = [Number(start.value), Number(end.value)];
    fields.start.value = from > 0.05 ? from : "";
    fields.end.value = to < seconds - 0.1 ? to : "";
    const isIn = cover !== null && isShown(cover);
    if (!isIn) frame.hidden = true;
    fields.cover_at.value = isIn ? String(Number(cover.toFixed(3))) : "";
    place.querySelector("[data-trimmer-begins]").value = tenths(from);
    place.querySelector("[data-trimmer-ends]").value = tenths(to);
    start.ariaValueText = inSeconds(from);
    end.ariaValueText = inSeconds(to);
    place.querySelector("[data-trimmer-said]").value =
      place.dataset.words.replace("{seconds}", inSeconds(to - from));
    place.querySelector("[data-trimmer-covers]").value =
      isIn ? place.dataset.coverWords.replace("{second}", tenths(cover)) : "";
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
  take.addEventListener("click", () => {
    if (!isShown(clip.currentTime)) {
      const sentence = place.dataset.outsideWords.replace("{second}", tenths(clip.currentTime));
      place.querySelector("[data-trimmer-covers]").value = sentence;
      return;
    }
    cover = clip.currentTime;
    drawFrame();
    tell();
  });
  clip.addEventListener("timeupdate", offer);
  clip.addEventListener("seeked", offer);
  clip.currentTime = cover ?? Number(start.value);
  if (cover !== null) clip.addEventListener("seeked", drawFrame, { once: true });
  offer();
  tell();
}

// The server writes them as its language does. Null for an empty field.
function numberIn(field) {
  return field.value.trim() === "" ? null : Number(field.value.replace(",", "."));
}

function tenths(seconds) {
  return told(seconds, {});
}

function inSeconds(seconds) {
  return told(seconds, { style: "unit", unit: "second", unitDisplay: "long" });
}

// In the language of the page.
function told(seconds, style) {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, { ...digits, ...style }).format(seconds);
}
