// PWD-04: a school that has chosen pictures gives them to a class; a child signs in with them, without scripts.
import { expect, finish, heading, look, says, text } from "./pages.js";
import { device, office, open } from "./visits.js";

const { CONSOLE } = process.env;
let order = [];

heading("The network manager chooses pictures");
await office("novak", async (page) => {
  await open(page, `${CONSOLE}/settings/young-sign-in`);
  await page.locator("#value").last().selectOption("pictures");
  await page.getByRole("button", { name: "Save" }).last().click();
  await page.waitForLoadState();
});

heading("The account administrator gives them to a class");
await office("adeyemi", async (page) => {
  await open(page, `${CONSOLE}/people/cards`);
  await says(page, "The school has chosen: three pictures in their order");
  await look(page, "young-cards");
  await page.getByRole("link", { name: "Pictures", exact: true }).click();
  await page.getByLabel("Class or group").selectOption("4 Oak");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForLoadState();
  await says(page, ["Rowan Ashdown", "None yet"]);
  await look(page, "young-pictures");
  await page.getByRole("button", { name: "Give pictures to those without" }).click();
  await page.waitForLoadState();
  await look(page, "young-pictures-sheet");
  order = await page.locator(".sg-pictures li span").allInnerTexts();
  expect(order.length === 3, "three pictures", order);
});

async function pick(page, names) {
  for (const name of names) {
    // By keyboard, as everything here works.
    await page.getByRole("button", { name, exact: true }).focus();
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  }
}

async function find(page) {
  await open(page, "https://www.river-lessons.test/");
  await page.getByRole("link", { name: "Sign in with pictures" }).click();
  await page.getByRole("link", { name: "4 Oak" }).click();
  await page.getByRole("link", { name: /Rowan/ }).click();
  await page.waitForLoadState();
}

heading("A child signs in, without scripts");
await device(
  async (page) => {
    await find(page);
    expect(!(await text(page)).includes("Ashdown"), "no family name on the page", await text(page));
    await pick(page, order.slice(0, 2));
    await says(page, "Pick picture 3 of 3");
    await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Start again" }).click()]);
    await pick(page, [...order].reverse());
    await says(page, "Those are not your pictures");
    await pick(page, order);
    expect(!(await text(page)).includes("Pick picture"), "signed in", await text(page));
    await open(page, "https://gate.riverside.test/");
    await says(page, "You are Rowan Ashdown");
  },
  { javaScriptEnabled: false },
);

for (const [name, options] of [
  ["wide", {}],
  ["phone", { viewport: { width: 360, height: 740 }, colorScheme: "dark" }],
]) {
  heading(`What it looks like: ${name}`);
  await device(async (page) => {
    await open(page, "https://gate.riverside.test/sign-in");
    await look(page, `${name}-sign-in`);
    await open(page, "https://gate.riverside.test/sign-in/pictures");
    await look(page, `${name}-classes`);
    await page.getByRole("link", { name: "4 Oak" }).click();
    await look(page, `${name}-children`);
    await page.getByRole("link", { name: /Rowan/ }).click();
    await pick(page, order.slice(0, 1));
    await look(page, `${name}-pictures`);
  }, options);
}
finish();
