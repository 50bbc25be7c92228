// What the server said, put on the page: only the parts that changed, and the keyboard's place is kept.

const $ = (id) => document.getElementById(id);
// turn: grows with every work that is begun; an answer asked for in another turn tells of what is no more.
export const shown = { revision: -1, busy: false, kind: "", closed: false, starting: false, turn: 0 };
const html = new Map();
let cleared = [], newest = -1;

export function show(state, { first = false } = {}) {
  if (shown.closed || state.revision < newest) return; // an answer that another one overtook
  newest = state.revision;
  for (const [id, content] of Object.entries(state.parts ?? {})) replace(id, content);
  shown.revision = state.parts || first ? state.revision : shown.revision;
  fill(state, first);
  if (!shown.starting) work(state.job, first);
  sleepy(state.seconds_left);
}

function replace(id, content) {
  const part = $(id);
  if (html.get(id) === content || cleared.includes(id)) return;
  html.set(id, content);
  const active = part.contains(document.activeElement) ? document.activeElement.id : "";
  const before = Object.fromEntries([...part.querySelectorAll("input, select")].map((one) => [one.id, one.value]));
  part.innerHTML = content;
  for (const input of part.querySelectorAll("input, select")) if (before[input.id]) input.value = before[input.id];
  if (active) $(active)?.focus();
}

function fill(state, first) {
  const { texts, champs } = state.wishes;
  const own = $("document-depose");
  own.hidden = own.disabled = state.own_model === null;
  own.textContent = state.own_model ?? "";
  const set = (input, name, value) => first || typed.has(input) || input[name] === value || (input[name] = value);
  for (const input of document.querySelectorAll("[data-texte]")) set(input, "value", texts[input.name] ?? "");
  for (const input of document.querySelectorAll("[data-champ]")) {
    if (!typed.has(input)) input.value = champs[input.dataset.champ] ?? "";
  }
  for (const input of document.querySelectorAll("[data-coche]")) set(input, "checked", state.wishes[input.id]);
  for (const input of document.querySelectorAll("[data-choix]")) set(input, "value", state.wishes[input.name]);
  const pupil = $("eleve");
  if (pupil && !typed.has(pupil)) pupil.value = state.record ?? "";
}

// Controls of which the server does not know yet what they say: an answer that left before does not undo it.
export const typed = new Set();

export function kept(given) {
  const told = (input) => {
    if (input.matches("[data-texte]")) return given.texts[input.name] === input.value;
    if (input.matches("[data-champ]")) return given.champs[input.dataset.champ] === input.value;
    return input.matches("[data-coche]") ? given[input.id] === input.checked : given[input.name] === input.value;
  };
  for (const input of typed) if (told(input)) typed.delete(input);
}

function work(job, first) {
  const was = shown.busy;
  shown.busy = job?.state === "running";
  shown.kind = job?.kind ?? "";
  const stop = $("arreter");
  const focused = document.activeElement === stop;
  $("travail").hidden = !shown.busy;
  for (const id of ["controler", "produire"]) $(id).setAttribute("aria-disabled", String(shown.busy && shown.kind !== "apercu"));
  if (shown.busy) {
    const count = job.total ? ` : ${job.done} sur ${job.total}` : "…";
    $("travail-titre").textContent = job.stopping ? "Arrêt en cours…" : `${job.step || job.name}${count}`;
    const bar = $("travail-barre");
    if (job.total) bar.value = job.done, bar.max = job.total;
    else bar.removeAttribute("value");
    if (!was && !first && job.kind !== "apercu") announce(`${job.name} en cours.`);
  } else if (was && job?.kind) {
    ended(job, focused);
  }
}

// What the last work left goes at once, not when the server has heard of the next one.
export function begun(name, parts) {
  for (const id of parts) {
    html.delete(id);
    $(id).replaceChildren();
  }
  cleared = parts;
  work({ kind: "", name, state: "running", step: "", done: 0, total: 0 });
  shown.starting = true;
  shown.turn += 1;
}

// The server knows of the work, or refused it: what it says of it counts again.
export function started() {
  cleared = [];
  shown.starting = false;
  shown.revision = -1;
  shown.turn += 1;
}

function ended(job, focused) {
  const title = { controle: "controle-titre", production: "faits-titre" }[job.kind];
  const heading = title && $(title);
  if (!heading) {
    announce(job.kind === "apercu" ? document.querySelector("#apercus .who")?.textContent ?? "" : "Terminé.");
    return;
  }
  announce(heading.textContent);
  const wrong = heading.closest(".result").classList.contains("is-error");
  if (wrong || focused || document.activeElement === document.body) heading.focus();
}

function sleepy(seconds) {
  const sleepy = $("veille");
  const soon = seconds < 120;
  if (soon) $("veille-temps").textContent = seconds < 60 ? `${Math.max(seconds, 0)} secondes` : "moins de 2 minutes";
  if (soon && sleepy.hidden) announce("Êtes-vous encore là ? Tout sera effacé dans moins de 2 minutes.");
  sleepy.hidden = !soon;
}

export function announce(text) {
  $("annonce").textContent = text;
}

export function warn(cause) {
  $("alerte").textContent = cause instanceof Error ? cause.message : String(cause);
}

export function closed() {
  shown.closed = true;
  return new Error(
    "La page ne répond plus : elle a été fermée, ici, dans une autre fenêtre, ou après quinze minutes sans activité. " +
      "Relancez « pix-mailmerge serve » pour recommencer.",
  );
}
