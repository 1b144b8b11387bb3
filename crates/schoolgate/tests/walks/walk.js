// The walk of issue 2: a pupil, a teacher, the safeguarding lead and the head, each in a browser of their own.
import { expect, finish, heading, look, says, text } from "./pages.js";
import { agree, device, office, open, signIn, signOut } from "./visits.js";

const { CONSOLE } = process.env;

heading("A pupil in Year 7");
await device(async (page) => {
  await open(page, "https://www.river-lessons.test/");
  await says(page, "Sign in");
  await look(page, "gate-sign-in");
  await page.locator("#username").fill("maya");
  await page.locator("#password").fill("not her password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForLoadState();
  await says(page, "do not go together");
  await look(page, "gate-sign-in-wrong");
  await signIn(page, "maya");
  await agree(page);
  await page.waitForURL("https://www.river-lessons.test/**", { timeout: 15000 });
  await says(page, "meanders");
  const width = await page.locator("img").first().evaluate((it) => it.naturalWidth);
  expect(width > 0, "a picture from another host", width);
  await look(page, "site-lessons");

  expect((await open(page, "https://www.lucky-spin.test/")) === 403, "403 for gambling", page.url());
  await says(page, "Gambling");
  await look(page, "gate-refused-gambling");
  await open(page, "https://www.block-drop.test/");
  await says(page, "Games");

  expect((await open(page, "https://www.bing.com/search?q=rivers&adlt=off")) === 200, "a search", page.url());
  await says(page, "Safe search is on");
  await look(page, "site-search");
  await open(page, "https://www.bing.com/search?q=i+want+to+kill+myself");

  await open(page, "https://old-certificate.test/");
  await says(page, "certificate");
  await look(page, "gate-certificate");
  await open(page, "https://www.talk-to-us.test/");
  await says(page, "never watched");

  await open(page, "https://gate.riverside.test/report");
  await page.locator("#words").fill("Somebody is being unkind to my friend online.");
  await page.locator("#person").check();
  await look(page, "gate-report");
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForLoadState();
  await says(page, "Thank you");
  await look(page, "gate-report-sent");
  for (const [path, name] of [["/", "gate-home"], ["/help", "gate-help"], ["/set-up", "gate-set-up"]]) {
    await open(page, `https://gate.riverside.test${path}`);
    await look(page, name);
  }
  await signOut(page);
  await look(page, "gate-signed-out");
});

heading("The same on a small screen, in the dark");
await device(
  async (page) => {
    await open(page, "https://www.river-lessons.test/");
    await look(page, "gate-sign-in-phone");
    await signIn(page, "maya");
    await open(page, "https://www.lucky-spin.test/");
    await look(page, "gate-refused-phone");
    await signOut(page);
  },
  { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
);

heading("A teacher");
await device(async (page) => {
  await open(page, "https://www.block-drop.test/");
  await signIn(page, "okafor");
  await agree(page);
  await page.waitForURL("https://www.block-drop.test/**", { timeout: 15000 });
  await says(page, "Play");
  expect((await open(page, "https://www.lucky-spin.test/")) === 403, "403 for gambling", page.url());
  await look(page, "gate-refused-teacher");
  await signOut(page);
});

heading("The safeguarding lead");
await office("byrne", async (page) => {
  await look(page, "console-first");
  await open(page, `${CONSOLE}/today`);
  await look(page, "console-today");
  await open(page, `${CONSOLE}/concerns`);
  await says(page, ["Maya Fielding", "Suicide"]);
  await look(page, "console-concerns");
  await page.getByRole("main").getByRole("link").first().click();
  await page.waitForLoadState();
  await look(page, "console-concern");
  await open(page, `${CONSOLE}/activity`);
  const activity = await text(page);
  for (const host of ["www.lucky-spin.test", "www.river-lessons.test", "www.block-drop.test"]) {
    expect(activity.includes(host), `${host} in Activity`, activity);
  }
  expect(!activity.includes("talk-to-us"), "no trace of a help line", activity);
  await look(page, "console-activity");
  for (const [who, host, words] of [
    ["Maya Fielding", "www.lucky-spin.test", ["may not open", "Blocked", "Gambling"]],
    ["Maya Fielding", "www.block-drop.test", ["may not open", "Blocked", "Games"]],
    ["Sam Okafor", "www.block-drop.test", ["may open", "Allowed"]],
  ]) {
    await open(page, `${CONSOLE}/activity`);
    const rows = page.getByRole("row").filter({ hasText: host }).filter({ hasText: who });
    await rows.first().getByRole("link", { name: /explain/i }).click();
    await page.waitForLoadState();
    await says(page, [who, host, ...words]);
    await look(page, "console-explain");
  }
  await open(page, `${CONSOLE}/lists`);
  await says(page, "Demonstration: gambling");
  await look(page, "console-lists");
  await open(page, `${CONSOLE}/profiles`);
  await says(page, "Key Stage 3");
  await look(page, "console-profiles");
});

heading("The same on a small screen, in the dark");
await office(
  "byrne",
  async (page) => {
    for (const name of ["today", "activity", "concerns", "profiles"]) {
      await open(page, `${CONSOLE}/${name}`);
      await look(page, `console-${name}-phone`);
    }
  },
  { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
);

heading("The network manager, the head and a teacher");
await office("novak", async (page) => {
  await open(page, `${CONSOLE}/profiles/text`);
  await look(page, "console-profiles-text");
  await open(page, `${CONSOLE}/profiles/change`);
  await look(page, "console-profiles-change");
  expect((await open(page, `${CONSOLE}/concerns`)) === 403, "403 for concerns", await text(page));
  await look(page, "console-refused");
});
await office("whitlock", async (page) => {
  await open(page, `${CONSOLE}/audit`);
  await says(page, "concern");
  await look(page, "console-audit");
});
await office("okafor", async (page) => {
  expect((await open(page, `${CONSOLE}/activity`)) === 403, "403 for activity", await text(page));
});

finish();
