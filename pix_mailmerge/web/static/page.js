// The page at work: what is given goes to the server at once, one request after the other, and comes back as the
// parts of the page that changed. Nothing is decided here.
import { actions, send, upload } from "./send.js";
import { announce, begun, kept, show, shown, started, typed, warn } from "./show.js";

const $ = (id) => document.getElementById(id);
const BUSY = 300, CALM = 4000;
const WISHED = "[data-texte], [data-champ], [data-coche], [data-choix]";
let timer = 0;

show(JSON.parse($("etat").textContent), { first: true });

// --- what is typed and ticked -------------------------------------------------------------------------------------

function wishes() {
  const texts = {}, champs = {};
  for (const input of document.querySelectorAll("[data-texte]")) texts[input.name] = input.value;
  for (const input of document.querySelectorAll("[data-champ]")) champs[input.dataset.champ] = input.value;
  const ticks = Object.fromEntries([...document.querySelectorAll("[data-coche]")].map((one) => [one.id, one.checked]));
  const choices = Object.fromEntries([...document.querySelectorAll("[data-choix]")].map((one) => [one.name, one.value]));
  return { texts, champs, ...choices, ...ticks };
}

// Asked when its turn comes, of what is on the page then.
async function settle() {
  const given = wishes();
  const state = await send("PUT", "reglages", given);
  kept(given);
  show(state);
}

const save = () => actions.add(settle);
let typing = 0;
document.addEventListener("input", (event) => {
  if (event.target.matches(WISHED)) typed.add(event.target);
  if (!event.target.matches("[data-texte], [data-champ]")) return;
  clearTimeout(typing);
  typing = setTimeout(save, 600);
});
document.addEventListener("change", (event) => {
  const changed = event.target;
  if (changed.matches("input[type=file]")) {
    give(changed.dataset.role, [...changed.files]);
    changed.value = "";
  } else if (changed.matches(WISHED)) {
    clearTimeout(typing);
    save();
  } else if (changed.id === "classe") {
    filter(changed.value);
  } else if (changed.id === "eleve") {
    look(changed.value);
  }
});

// --- files --------------------------------------------------------------------------------------------------------

function give(role, files) {
  const cap = Number($(role).dataset.cap);
  for (const file of files) {
    if (file.size > cap) {
      warn(`« ${file.name} » dépasse ${Math.floor(cap / 1e6)} Mo : il n’a pas été pris.`);
      continue;
    }
    actions.add(() => upload(role, file).then(show));
  }
  actions.add(async () => {
    const told = role === "resultats" ? document.querySelector("#fichiers .summary")?.textContent : files[0]?.name;
    announce(told ?? "");
  });
}

for (const drop of document.querySelectorAll(".drop")) {
  const input = drop.querySelector("input");
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("is-over"));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    give(input.dataset.role, [...event.dataTransfer.files]);
  });
}
for (const name of ["change", "click", "drop"]) addEventListener(name, () => warn(""), { capture: true });
for (const name of ["dragover", "drop"]) {
  addEventListener(name, (event) => {
    if (!event.target.closest?.(".drop")) event.preventDefault(); // else the browser would leave the page for the file
  });
}

// --- buttons ------------------------------------------------------------------------------------------------------

// Begin a work that is told of at once: name, the parts of the page that its result will fill, what to send.
function begin(path, name, parts, body = wishes) {
  if (shown.starting || (shown.busy && shown.kind !== "apercu")) return;
  begun(name, parts);
  actions
    .add(async () => {
      await free().catch(() => {});
      const given = body();
      const state = await send("POST", path, given).finally(started);
      if (body === wishes) kept(given);
      show(state);
    })
    .then(poll);
}

const paper = () => ({
  printer: $("imprimante").value,
  path: $("imprimer-quoi").value,
  copies: Number($("exemplaires").value),
  duplex: $("duplex").checked,
});
const clicks = {
  controler: () => begin("controle", "Contrôle", ["controle", "apercus"]),
  produire: () => begin("production", "Production", ["faits"]),
  enregistrer: () => begin("dossier", "Enregistrement", [], () => ({ folder: $("dossier").value })),
  imprimer: () => begin("impression", "Impression", [], paper),
  arreter: () => send("POST", "arret", {}).then(show, warn),
  present: () => send("POST", "present", {}).then(show, warn),
  quitter: quit,
  precedent: () => turn(-1),
  suivant: () => turn(1),
};
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  const around = link && $(link.hash.slice(1))?.closest("details");
  if (around) around.open = true; // the field that an error leads to is seen, whatever the browser
  const button = event.target.closest("button");
  if (button === null) return;
  if (button.dataset.retirer) {
    const next = neighbour(button);
    actions.add(() => send("DELETE", `fichiers/${button.dataset.retirer}`).then(show)).then(() => {
      $(next)?.focus();
      announce("Retiré.");
    });
  }
  if (button.dataset.cas) pick(button.dataset.cas);
  clicks[button.id]?.();
});

function neighbour(button) {
  const all = [...document.querySelectorAll("#fichiers [data-retirer]")];
  const place = all.indexOf(button);
  return (all[place + 1] ?? all[place - 1])?.id ?? button.dataset.retirer.split("/")[0];
}

async function quit() {
  clearTimeout(timer);
  await send("POST", "quitter", {}).catch(() => {});
  shown.closed = true;
  document.title = "Fermé · Publipostage Pix";
  const main = $("contenu");
  main.innerHTML =
    '<div class="step"><h2>La page est fermée</h2><p>Les fichiers de travail sont effacés de cet ordinateur. ' +
    "Vous pouvez fermer cet onglet.</p></div>";
  $("quitter").hidden = true;
  main.focus();
}

// --- previews -----------------------------------------------------------------------------------------------------

const options = () => [...$("eleve").options].filter((one) => !one.hidden);

function filter(name) {
  for (const option of $("eleve").options) {
    option.hidden = option.disabled = Boolean(name) && option.value !== "" && option.dataset.classe !== name;
  }
  const first = options().find((one) => one.value);
  if (name && first) {
    $("eleve").value = first.value;
    look(first.value);
  }
}

function turn(step) {
  const all = options();
  const next = all[all.findIndex((one) => one.selected) + step];
  if (next) {
    $("eleve").value = next.value;
    look(next.value);
  }
}

function pick(number) {
  for (const one of document.querySelectorAll("[data-cas]")) one.toggleAttribute("aria-current", false);
  $(`cas-${number}`).setAttribute("aria-current", "true");
  for (const one of document.querySelectorAll("[data-page]")) one.hidden = one.dataset.page !== number;
}

// Wait until the server works at nothing; what comes of its work is shown on the way.
async function free() {
  for (;;) {
    const state = await send("GET", `etat?vu=${shown.revision}`);
    show(state);
    if (state.job?.state !== "running") return;
    await new Promise((done) => setTimeout(done, 120));
  }
}

let wanted = null;
function look(record) {
  wanted = record;
  typed.add($("eleve"));
  actions.add(async () => {
    if (wanted !== record) return; // another one was chosen since
    await settle();
    await free();
    show(await send("POST", "apercu", { record: record === "" ? null : Number(record) }));
    await free();
    if (wanted === record) typed.delete($("eleve"));
  });
}

// --- the state, again and again -----------------------------------------------------------------------------------

async function refresh() {
  if (shown.starting || shown.closed) return;
  const turn = shown.turn;
  try {
    const state = await send("GET", `etat?vu=${shown.revision}`);
    if (turn === shown.turn) show(state);
  } catch (cause) {
    warn(cause);
  }
}

async function poll() {
  await refresh();
  soon();
}

function soon() {
  clearTimeout(timer);
  if (!shown.closed) timer = setTimeout(poll, shown.busy ? BUSY : CALM);
}

addEventListener("pageshow", (event) => event.persisted && poll());
document.addEventListener("visibilitychange", () => document.hidden || poll());
soon();
