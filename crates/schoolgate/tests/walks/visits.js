// People at their machines: a device behind the gate, and a browser at the console.
import { chromium } from "playwright-core";
import { look } from "./pages.js";

const { GATE, CONSOLE, PASSWORD, CHROMIUM } = process.env;

const FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"];

// What Chromium asks for by itself goes past the gate, so that Activity holds what people did.
const BYPASS = "*.googleapis.com,*.gvt1.com,*.google.com";

// A pupil's or teacher's device: everything through the gate, nothing told but the proxy's address.
export async function device(visit, options = {}) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, proxy: { server: GATE, bypass: BYPASS } });
  try {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    const page = await context.newPage();
    // Everything here comes from one address: nobody may be left over from before.
    await signOut(page);
    await visit(page);
  } finally {
    await browser.close();
  }
}

export async function office(username, visit, { password = PASSWORD, ...options } = {}) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    const page = await context.newPage();
    await page.goto(`${CONSOLE}/`);
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForLoadState();
    await visit(page);
  } finally {
    await browser.close();
  }
}

export async function signIn(page, username, password = PASSWORD) {
  await page.locator("#username").fill(username);
  await page.locator("#password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForLoadState();
}

// Only who has not agreed before is asked, so that the walk can be taken again on the same school.
export async function agree(page) {
  const button = page.getByRole("button", { name: /I agree/ });
  if ((await button.count()) === 0) return;
  await look(page, "gate-agree");
  await button.first().click();
  await page.waitForLoadState();
}

export async function open(page, url) {
  // A page that is on its way somewhere by itself (signed in, agreed) may get in between; then it is asked again.
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await page.goto(url, { waitUntil: "load" });
      return answer ? answer.status() : 0;
    } catch (fault) {
      if (tries === 4 || !/interrupted by another navigation|ERR_ABORTED/.test(String(fault))) throw fault;
      await page.waitForTimeout(300);
    }
  }
}

export async function signOut(page) {
  await open(page, "https://gate.riverside.test/sign-out");
  const button = page.getByRole("button", { name: /sign out/i });
  if (await button.count()) await button.first().click();
  await page.waitForLoadState();
}
