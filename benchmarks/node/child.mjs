// The process that measures a peer of Node.js: node child.mjs NAME WORKSHOP. Orders and answers as in benchmarks/child.py.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";

const [name, workshop] = process.argv.slice(2);
const model = fs.readFileSync(path.join(workshop, "braces.docx"));
const pupils = JSON.parse(fs.readFileSync(path.join(workshop, "pupils.json"), "utf8"));

async function docxtemplater() {
  const { default: Docxtemplater } = await import("docxtemplater");
  const { default: PizZip } = await import("pizzip");
  return async (values) => {
    const document = new Docxtemplater(new PizZip(model), { paragraphLoop: true, linebreaks: true });
    document.render(values);
    return document.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
  };
}

async function easyTemplateX() {
  const { TemplateHandler } = await import("easy-template-x");
  const handler = new TemplateHandler();
  return (values) => handler.process(model, values);
}

function write(file, content) {
  fs.writeFileSync(file + ".tmp", content);
  fs.renameSync(file + ".tmp", file);
}

function peak() {
  const status = "/proc/self/status";
  if (fs.existsSync(status)) return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(status, "ascii"))[1]) / 1024;
  return process.resourceUsage().maxRSS / 1024;
}

async function round(render, { folder, count }) {
  const start = performance.now();
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    const content = await render(pupils[index]);
    write(path.join(folder, String(index + 1).padStart(6, "0") + ".docx"), content);
    bytes += content.length;
  }
  return { seconds: (performance.now() - start) / 1000, documents: count, bytes, peak_mb: peak() };
}

let render;
for await (const line of readline.createInterface({ input: process.stdin })) {
  let answer;
  try {
    render ??= await { docxtemplater, "easy-template-x": easyTemplateX }[name]();
    answer = await round(render, JSON.parse(line));
  } catch (cause) {
    answer = { absent: String(cause.message ?? cause).split("\n")[0] };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
