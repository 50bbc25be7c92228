// Requests to our own server, and the queue that keeps them in the order in which the user acted.
import { closed, warn } from "./show.js";

export const actions = {
  last: Promise.resolve(),
  add(act) {
    this.last = this.last.then(act).catch(warn);
    return this.last;
  },
};

export async function send(method, path, body) {
  const options = { method, cache: "no-store", credentials: "same-origin" };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  return answer(path, options);
}

export async function upload(role, file) {
  return answer(`fichiers/${role}?nom=${encodeURIComponent(file.name)}`, {
    method: "PUT",
    cache: "no-store",
    credentials: "same-origin",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
  });
}

// A connection may break, and the machine may sleep: the page is closed when the server does not answer again.
async function answers() {
  await new Promise((done) => setTimeout(done, 500));
  return fetch("etat", { cache: "no-store" }).then((response) => response.ok, () => false);
}

async function answer(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw (await answers()) ? new Error("La demande n’a pas abouti : recommencez.") : closed();
  }
  if (response.status === 403) throw closed();
  const found = await response.json();
  if (!response.ok) throw new Error(found.told);
  return found;
}
