// What every step of the walk does with a page: look at it, and look for barriers.
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.SHOTS;
mkdirSync(shots, { recursive: true });

const barriers = [];
let steps = 0;

// Fails with words that say what was expected and what stood there instead.
export function expect(fine, what, found) {
  if (!fine) {
    throw new Error(`expected ${what}, found: ${String(found).slice(0, 800)}`);
  }
  console.log(`  ok ${what}`);
}

export function heading(words) {
  console.log(words);
}

export async function text(page) {
  return (await page.locator("body").innerText()).replace(/\s+/g, " ");
}

export async function says(page, words) {
  const found = await text(page);
  for (const word of [words].flat()) {
    expect(found.toLowerCase().includes(word.toLowerCase()), `“${word}” on ${page.url()}`, found);
  }
}

// A picture of the page in the state it is in, and axe-core's rules for WCAG 2.2 A and AA.
export async function look(page, name, { barrierFree = true } = {}) {
  steps += 1;
  // The first screen, for the README.
  await page.screenshot({ path: `${shots}/first-${name}.png` });
  const file = `${String(steps).padStart(2, "0")}-${name}.png`;
  await page.screenshot({ path: `${shots}/${file}`, fullPage: true });
  if (!barrierFree) return;
  // Not as a script of the page: its own policy allows none.
  const found = await page.evaluate(`(() => { ${axe}; return window.axe.run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } }); })()`);
  for (const it of found.violations) {
    barriers.push(`${name}: ${it.id} (${it.impact}): ${it.help}: ${it.nodes.map((n) => n.target.join(" ")).join("; ")}`);
  }
  console.log(`  looked at ${name}: ${found.violations.length} barriers`);
}

export function finish() {
  if (barriers.length > 0) {
    throw new Error(`barriers:\n${barriers.join("\n")}`);
  }
}
