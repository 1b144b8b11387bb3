// A visitor is admitted until 15:00. The demonstration's clock begins at 14:58:30.
import { expect, finish, heading, look, says, text } from "./pages.js";
import { agree, device, office, open, signIn } from "./visits.js";

const { CONSOLE } = process.env;
const LESSONS = "https://www.river-lessons.test/";

const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/London" }).format(new Date());
// The demonstration's clock began before this one.
const began = Date.now();
let username;
let code;

heading("The head asks a visitor in and lets them in at the door");
await office("whitlock", async (page) => {
  await open(page, `${CONSOLE}/guests/new`);
  await page.locator("#name").fill("Vera Guest");
  await page.locator("#kind").selectOption({ label: "Visitor" });
  await page.locator("#focus").fill("A talk on rivers to Year 7");
  await page.locator("#sponsor").selectOption({ label: "Grace Whitlock" });
  await page.locator("#from").fill(`${today}T14:00`);
  await page.locator("#until").fill(`${today}T15:00`);
  await page.locator("#paper").check();
  await look(page, "new-guest");
  await page.getByRole("main").getByRole("button").first().click();
  await page.waitForLoadState();
  const approve = page.getByRole("button", { name: /approve/ });
  if (await approve.count()) {
    await look(page, "guest-to-approve");
    await approve.click();
    await page.waitForLoadState();
  }
  await look(page, "guest");
  await page.getByRole("button", { name: /Let them in/ }).click();
  await page.waitForLoadState();
  await look(page, "slip");
  [username, code] = await page.locator(".sg-slip__code").allInnerTexts();
  expect(username && code, "a user name and a code", await text(page));
});

heading("She signs in with the slip, agrees and reads");
await device(async (page) => {
  for (let tries = 0; tries < 10; tries += 1) {
    await open(page, LESSONS);
    await signIn(page, username, code);
    if (!(await text(page)).includes("do not go together")) break;
    await page.waitForTimeout(500);
  }
  await agree(page);
  await open(page, LESSONS);
  await says(page, "meanders");

  heading("At three she is out");
  let out = false;
  let in_since = 0;
  for (let tries = 0; tries < 150 && !out; tries += 1) {
    await page.waitForTimeout(1000);
    const asked = Date.now();
    await open(page, LESSONS);
    out = !(await text(page)).includes("meanders");
    if (!out) in_since = asked - began;
  }
  expect(out, "her access ended", await text(page));
  expect(in_since >= 30_000, "she was still in at 14:59", `${in_since} ms after 14:58:30 at least`);
  await says(page, "15:00");
  await look(page, "gate-access-ended");
});

finish();
