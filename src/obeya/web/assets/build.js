// Builds what the browser loads: one style sheet, one script, one sprite of icons.
// Run by `npm run build`; the output directory is made anew and never committed.
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static", "obeya");

/** Joins assets/icons/*.svg into one sprite; a symbol's id is its file's name. */
async function buildSprite() {
  const folder = join(here, "icons");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".svg")).sort();
  const symbols = await Promise.all(
    names.map(async (name) => {
      const drawing = await readFile(join(folder, name), "utf8");
      const inside = drawing.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").trim();
      return `<symbol id="${name.slice(0, -4)}" viewBox="0 0 24 24">${inside}</symbol>`;
    }),
  );
  await writeFile(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

const options = {
  entryPoints: { obeya: join(here, "js", "main.js"), portal: join(here, "js", "portal", "main.js"), style: join(here, "css", "main.css") },
  outdir: out,
  bundle: true,
  minify: true,
  sourcemap: true,
  format: "esm",
  target: ["chrome105", "firefox110", "safari15.6"],
  legalComments: "linked",
  logLevel: "info",
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await buildSprite();
await cp(join(here, "favicon.svg"), join(out, "favicon.svg"));
if (process.argv.includes("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
}
