// The part of a picture that is shown: the picture moves under a frame of the post's shape, by finger,
// mouse, wheel or keys. The form's numbers say where it stands, in percent of the whole picture.

const STEP = 0.04; // of the part's width, by one press of an arrow
const ZOOM = 1.08; // by one press of plus

export function watchCropper(form) {
  const place = form.querySelector("[data-cropper]");
  if (!place?.querySelector("img")) return;
  const frame = place.querySelector("[data-cropper-frame]");
  const picture = frame.querySelector("img");
  const size = place.querySelector("[data-cropper-size]");
  const { x, y, width, whole } = form.elements;
  const part = limitsOf(place.dataset);
  const pointers = new Map();

  form.querySelector("[data-cropper-numbers]").hidden = true;
  frame.style.setProperty("--ratio", place.dataset.ratio);
  part.width = clamp(shareIn(width) || part.most, part.least, part.most);
  part.x = shareIn(x) || 0;
  part.y = shareIn(y) || 0;
  draw();

  function draw() {
    part.height = part.width * part.steep;
    part.x = clamp(part.x, 0, 1 - part.width);
    part.y = clamp(part.y, 0, 1 - part.height);
    frame.classList.toggle("whole", whole.checked);
    const at = whole.checked ? [] : [["width", 1 / part.width], ["height", 1 / part.height],
      ["left", -part.x / part.width], ["top", -part.y / part.height]];
    for (const name of ["width", "height", "left", "top"]) picture.style.removeProperty(name);
    for (const [name, share] of at) picture.style.setProperty(name, `${100 * share}%`);
    [x.value, y.value, width.value] = [part.x, part.y, part.width].map((one) => (100 * one).toFixed(3));
    const span = part.most - part.least;
    size.value = span > 0 ? (100 * (part.most - part.width)) / span : 0;
    size.disabled = span <= 0;
  }

  // By shares of the frame.
  function move(right, down) {
    whole.checked = false;
    part.x -= right * part.width;
    part.y -= down * part.height;
    draw();
  }

  // The point of the picture under (right, down), shares of the frame, stays where it is.
  function resize(wanted, right = 0.5, down = 0.5) {
    whole.checked = false;
    const next = clamp(wanted, part.least, part.most);
    part.x += right * (part.width - next);
    part.y += down * (part.width - next) * part.steep;
    part.width = next;
    draw();
  }

  function shares(event) {
    const box = frame.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, shares(event));
  });
  frame.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const before = [...pointers.values()];
    pointers.set(event.pointerId, shares(event));
    const after = [...pointers.values()];
    const [from, to] = [middleOf(before), middleOf(after)];
    move(to[0] - from[0], to[1] - from[1]);
    if (after.length === 2) resize((part.width * apart(before)) / apart(after), ...to);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    frame.addEventListener(end, (event) => pointers.delete(event.pointerId));
  }
  frame.addEventListener("wheel", (event) => {
    event.preventDefault();
    resize(part.width * ZOOM ** Math.sign(event.deltaY), ...shares(event));
  }, { passive: false });
  frame.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    const zoom = { "+": 1 / ZOOM, "=": 1 / ZOOM, "-": ZOOM }[event.key];
    if (way) move(...way);
    else if (zoom) resize(part.width * zoom);
    else return;
    event.preventDefault();
  });
  size.addEventListener("input", () => resize(part.most - (size.value / 100) * (part.most - part.least)));
  whole.addEventListener("change", draw);
}

// The part's width, as a share of the picture's: between the least that the server takes and all there is.
function limitsOf({ ratio, wide, high, least }) {
  const [R, W, H] = [ratio, wide, high].map(Number);
  const most = Math.min(1, (H * R) / W);
  const pixels = Math.min(Number(least), Math.floor(Math.min(W, H) / 2)) + 1;
  return { most, least: Math.min((pixels * Math.max(1, R)) / W, most), steep: W / H / R };
}

// Percent, as the server's language writes numbers.
function shareIn(field) {
  return Number(field.value.replace(",", ".")) / 100;
}

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), Math.max(most, least));
}

function middleOf(points) {
  return [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
}

function apart([one, other]) {
  return Math.max(Math.hypot(one[0] - other[0], one[1] - other[1]), 0.01);
}
