// The walk of issue 3: a roster from the office to the gate, families who sign, and a leaver.
import { expect, finish, heading, look, says, text } from "./pages.js";
import { agree, device, office, open, signIn, signOut } from "./visits.js";

const { CONSOLE } = process.env;

// Everybody in it is made up. Nia is in Year 3 and her mother signs for her; Omar is in Year 9 and signs with his.
const ROSTER = `Admission No,Forename,Surname,Year,Reg,Username,Contact 1 Name,Contact 1 Email,Contact 1 Priority
501,Nia,Vale,3,3 Elm,nia,Ros Vale,ros.vale@example.org,1
502,Omar,Wood,9,9B,omar,Una Wood,una.wood@example.org,1
503,Half,Row,Form 2,9B,half,,,
`;
const SECRET = "Quiet otters swim at 7";
const LESSONS = "https://www.river-lessons.test/";

async function press(page, name) {
  await page.getByRole("button", { name }).first().click();
  await page.waitForLoadState();
}

// Pages that show progress look again by themselves; here it is done sooner.
async function until(page, words) {
  for (let tries = 0; tries < 40; tries += 1) {
    if ((await text(page)).toLowerCase().includes(words.toLowerCase())) return;
    await page.waitForTimeout(500);
    await page.reload();
  }
  await says(page, words);
}

async function set(page, key, value) {
  await open(page, `${CONSOLE}/settings/${key}`);
  const field = page.locator("#value");
  if (await field.evaluate((it) => it.tagName === "SELECT")) await field.selectOption(value);
  else await field.fill(value);
  await press(page, "Save");
}

async function linkFor(page, name) {
  await open(page, `${CONSOLE}/people?words=${encodeURIComponent(name)}`);
  await page.getByRole("main").getByRole("link", { name }).first().click();
  await page.waitForLoadState();
  await press(page, "Reset sign-in");
  const found = (await text(page)).match(/\/set-password\/[\w-]+/);
  expect(found, `a link for ${name}`, await text(page));
  return found[0];
}

async function setPassword(page, link) {
  await open(page, `${CONSOLE}${link}`);
  await says(page, "Set your password");
  await page.locator("#new").fill(SECRET);
  await page.locator("#again").fill(SECRET);
  await press(page, "Set the password");
}

heading("The head says what parents sign");
await office("whitlock", async (page) => {
  await set(page, "agreement-counter-sign", "on");
  await set(page, "agreement-parent-signs", "ks2");
  await open(page, `${CONSOLE}/settings`);
  await look(page, "settings");
});

heading("The office loads a roster");
await office("penrose", async (page) => {
  await open(page, `${CONSOLE}/roster`);
  await look(page, "roster-upload");
  await page.locator("#file").setInputFiles({ name: "autumn.csv", mimeType: "text/csv", buffer: Buffer.from(ROSTER) });
  await press(page, "Load and compare");
  await until(page, "join");
  await says(page, ["5 join", "1 problem"]);
  await look(page, "roster-dry-run");
  expect((await page.getByRole("button", { name: "Approve and apply" }).count()) === 0, "the office does not approve", "");
});

heading("Nothing has changed yet, and the head approves");
await office("whitlock", async (page) => {
  await open(page, `${CONSOLE}/people?words=Nia`);
  expect(!(await text(page)).includes("Nia Vale"), "nobody has joined yet", await text(page));
  await open(page, `${CONSOLE}/roster`);
  await page.getByRole("main").getByRole("link", { name: /autumn/ }).first().click();
  await page.waitForLoadState();
  await press(page, "Approve and apply");
  await until(page, "applied");
  await look(page, "roster-applied");
  await open(page, `${CONSOLE}/people?words=Vale`);
  await says(page, ["Nia Vale", "Ros Vale", "Parent"]);
  await look(page, "people");
  await page.getByRole("main").getByRole("link", { name: "Nia Vale" }).click();
  await page.waitForLoadState();
  await look(page, "person");
});

heading("The account administrator makes links; each sets a password of their own");
let links = {};
await office("adeyemi", async (page) => {
  for (const name of ["Nia Vale", "Ros Vale", "Omar Wood", "Una Wood"]) links[name] = await linkFor(page, name);
  await look(page, "reset-link");
});
await office("adeyemi", async (page) => {
  await signOutOfConsole(page);
  for (const link of Object.values(links)) await setPassword(page, link);
  await look(page, "after-setting-a-password");
});

async function signOutOfConsole(page) {
  await open(page, `${CONSOLE}/account`);
  await press(page, "Sign out");
}

heading("Nia in Year 3 waits for her mother");
await device(async (page) => {
  await open(page, LESSONS);
  await signIn(page, "nia", SECRET);
  await says(page, "parent");
  await look(page, "gate-waits-for-parent");
  await open(page, LESSONS);
  expect(!(await text(page)).includes("meanders"), "nothing opens before", await text(page));
  await open(page, "https://www.talk-to-us.test/");
  await says(page, "never watched");
  await signOut(page);
});

heading("Her mother reads it and signs in her place");
await office(
  "ros.vale",
  async (page) => {
    // The browser of this walk has no voice: one that writes down what it would say.
    await page.addInitScript(() => {
      window.said = [];
      const voice = { getVoices: () => [{}], addEventListener() {}, cancel() {}, speak: (it) => window.said.push(it.text) };
      Object.defineProperty(window, "speechSynthesis", { value: voice });
    });
    await open(page, `${CONSOLE}/children`);
    await says(page, "Nia Vale");
    expect(!(await text(page)).includes("Omar"), "nobody else's child", await text(page));
    await look(page, "children");
    await page.getByRole("main").getByRole("link", { name: "Read and sign" }).click();
    await page.waitForLoadState();
    await look(page, "child-agreement");
    await page.getByRole("button", { name: "Read it to me" }).click();
    const said = (await page.evaluate(() => window.said)).join(" ");
    expect(said.length > 200, "it is read aloud", said);
    await page.getByRole("button", { name: "Stop reading" }).click();
    await press(page, /in my child/);
    await open(page, `${CONSOLE}/children`);
    await says(page, "Complete");
  },
  { password: SECRET },
);
await device(async (page) => {
  await open(page, LESSONS);
  await signIn(page, "nia", SECRET);
  await open(page, LESSONS);
  await says(page, "meanders");
  await signOut(page);
});

heading("Omar in Year 9 signs, and his mother beside him");
await device(async (page) => {
  await open(page, LESSONS);
  await signIn(page, "omar", SECRET);
  await agree(page);
  await open(page, LESSONS);
  expect(!(await text(page)).includes("meanders"), "his word alone does not open", await text(page));
  await look(page, "gate-waits-for-counter-signature");
  await signOut(page);
});
await office(
  "una.wood",
  async (page) => {
    await open(page, `${CONSOLE}/children`);
    await page.getByRole("main").getByRole("link", { name: "Read and sign" }).click();
    await page.waitForLoadState();
    await press(page, /with my child/);
    await open(page, `${CONSOLE}/children`);
    await says(page, "Complete");
  },
  { password: SECRET },
);

heading("Omar's browser stops when his account ends");
await device(async (page) => {
  await open(page, LESSONS);
  await signIn(page, "omar", SECRET);
  await open(page, LESSONS);
  await says(page, "meanders");
  await office("adeyemi", async (desk) => {
    await open(desk, `${CONSOLE}/people?words=Omar`);
    await desk.getByRole("main").getByRole("link", { name: "Omar Wood" }).click();
    await desk.waitForLoadState();
    await press(desk, "End this account");
  });
  let stopped = false;
  for (let tries = 0; tries < 20 && !stopped; tries += 1) {
    await page.waitForTimeout(250);
    await open(page, LESSONS);
    stopped = !(await text(page)).includes("meanders");
  }
  expect(stopped, "the next page asks him to sign in", await text(page));
  await says(page, "sign in");
  await signIn(page, "omar", SECRET);
  await says(page, "do not go together");
});

heading("Who has signed, and the trail of all this");
await office("whitlock", async (page) => {
  await open(page, `${CONSOLE}/agreements`);
  await says(page, "Nia Vale");
  await look(page, "who-has-signed");
  await open(page, `${CONSOLE}/access`);
  await look(page, "access-register");
  await open(page, `${CONSOLE}/audit`);
  await says(page, ["person left", "Omar"].slice(0, 1));
  await look(page, "audit");
});

finish();
