// An upload begins at the server, in the order in which the files were chosen; its bytes follow later.

import { SignedOut } from "./signing.js";

export class Refused extends Error {} // for good; the message is for the person

const TUS = { "Tus-Resumable": "1.0.0" };

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

// The token of the new upload. Raises Refused, SignedOut; any other error may pass.
export async function begin(endpoint, file, post) {
  const told = { filename: file.name, filetype: file.type || "application/octet-stream", post };
  const metadata = Object.entries(told).map(([key, value]) => `${key} ${base64(value)}`);
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { ...TUS, "Upload-Length": String(file.size), "Upload-Metadata": metadata.join(",") },
  });
  if (response.status === 201) return response.headers.get("Location").split("/").pop();
  const isOurs = response.headers.get("Content-Type")?.startsWith("text/plain");
  if ([401, 403].includes(response.status) && !isOurs) throw new SignedOut();
  const isFull = response.status === 507 && isOurs; // an operator must act first
  if ((response.status >= 400 && response.status < 500) || isFull) throw new Refused(isOurs ? await response.text() : "");
  throw new Error(`status ${response.status}`);
}

// How many bytes of it have come, or null where nobody can say.
export async function offsetOf(address) {
  try {
    const response = await fetch(address, { method: "HEAD", headers: TUS });
    return response.ok ? Number(response.headers.get("Upload-Offset")) : null;
  } catch {
    return null;
  }
}

export async function stop(address) {
  try {
    await fetch(address, { method: "DELETE", headers: TUS });
  } catch {
    // Its post lets go of it anyway; the server tidies up.
  }
}
