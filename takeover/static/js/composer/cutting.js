// The page on which a part is chosen, where it was opened as a page of its own.

import { watchCropper } from "./cropper.js";
import { watchTrimmer } from "./trimmer.js";

const form = document.querySelector("form[data-cutting]");
if (form) {
  watchCropper(form);
  watchTrimmer(form);
}
