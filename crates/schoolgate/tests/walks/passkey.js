// The walk of issue 3: the network manager signs in with a passkey and changes a setting, and the head finds the change.
import { chromium } from "playwright-core";
import { expect, finish, heading, look, says, text } from "./pages.js";

const { CONSOLE, PASSWORD, CHROMIUM } = process.env;

// Somebody's own computer, with a key in it that asks for its owner's finger.
async function computer(visit, options = {}) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const key = {
      held: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
      // As in a copy of the key that was made before it was used so often.
      wear: async (signCount) => {
        const [one] = await key.held();
        await cdp.send("WebAuthn.removeCredential", { authenticatorId, credentialId: one.credentialId });
        await cdp.send("WebAuthn.addCredential", { authenticatorId, credential: { ...one, signCount } });
      },
      refuse: (no) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: !no }),
    };
    await visit(page, key);
  } finally {
    await browser.close();
  }
}

async function signIn(page, username, path = "/") {
  await page.goto(`${CONSOLE}${path}`);
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForLoadState();
}

async function signOut(page) {
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.waitForURL(`${CONSOLE}/sign-in**`);
}

async function addPasskey(page, key, name) {
  const form = page.locator("form[data-passkey-kind=add]");
  await form.getByLabel("What you call it").fill(name);
  await form.getByLabel("Your password").fill(PASSWORD);
  await form.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("heading", { name }).waitFor();
  const held = await key.held();
  expect(held.length === 1 && held[0].rpId === "localhost", "one passkey for localhost in the key", JSON.stringify(held));
}

async function set(page, key, change) {
  await page.goto(`${CONSOLE}/settings/${key}`);
  const value = page.locator("form[action$='/trust'] #value, #value").last();
  await change(value);
  await page.getByRole("button", { name: "Save" }).last().click();
  await page.waitForLoadState();
}

heading("The head adds a passkey and asks everybody for one");
await computer(async (head, headKey) => {
  await signIn(head, "whitlock");
  await head.goto(`${CONSOLE}/account/second`);
  await addPasskey(head, headKey, "Grace's laptop");
  await set(head, "second-demanded", (value) => value.selectOption("on"));
  await look(head, "setting-second-on");
  await signOut(head);

  heading("The network manager is led to set one up");
  await computer(async (page, key) => {
    await signIn(page, "novak");
    await says(page, ["Your second credentials", "Your role opens pages"]);
    await look(page, "second-none");
    await page.goto(`${CONSOLE}/account`);
    await look(page, "account");
    await page.getByRole("main").getByRole("link", { name: /second credential/i }).first().click();
    await page.waitForLoadState();
    await addPasskey(page, key, "Lee's laptop");
    await look(page, "second-passkey");
    await page.getByRole("button", { name: "Make new codes" }).click();
    await page.waitForLoadState();
    await look(page, "second-codes");
    await signOut(page);

    heading("He signs in again and is asked for it");
    await signIn(page, "novak", "/settings");
    await says(page, "Show your second credential");
    expect(page.url().includes("/account/second/show"), "not the settings yet", page.url());
    await look(page, "second-show");
    await key.refuse(true);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.locator("[data-passkey-words]:visible").waitFor();
    await says(page, "No passkey was given");
    await look(page, "second-show-refused");
    await key.refuse(false);
    const answers = [];
    page.on("request", (it) => {
      if (it.method() === "POST" && it.url() === `${CONSOLE}/account/second/show`) {
        answers.push(new URLSearchParams(it.postData()).get("answer"));
      }
    });
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL(`${CONSOLE}/settings`);
    await says(page, "Idle lock");
    await look(page, "settings");
    await set(page, "idle-lock", (value) => value.fill("7"));
    await look(page, "setting-idle-lock");
    await page.goto(`${CONSOLE}/settings`);
    await says(page, "7 minutes");
    await signOut(page);
    await page.goto(`${CONSOLE}/settings`);
    expect(page.url().includes("/sign-in"), "nobody is signed in", page.url());

    heading("An answer that was used, and a copy of the key");
    await signIn(page, "novak", "/settings");
    await says(page, "Show your second credential");
    expect(answers.length === 1 && answers[0].length > 100, "the answer that let him in", answers.length);
    // To a challenge of this very session, with the answer to the one before.
    const refused = async (name) => {
      await says(page, ["That code is not right", "Show your second credential"]);
      await look(page, name);
      await page.goto(`${CONSOLE}/settings`);
      expect(page.url().includes("/account/second/show"), "the settings are shut", page.url());
    };
    await Promise.all([
      page.waitForNavigation(),
      page.evaluate(async (answer) => {
        const form = document.querySelector("form[data-passkey]");
        const asked = await fetch(form.dataset.passkey, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        if (!asked.ok) throw new Error(`no challenge: ${asked.status}`);
        form.elements.answer.value = answer;
        form.submit();
      }, answers[0]),
    ]);
    await refused("second-replayed");
    const [{ signCount }] = await key.held();
    expect(signCount > 1, "the key counts", signCount);
    await key.wear(signCount - 2);
    await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Use a passkey" }).click()]);
    await refused("second-copied");
    await key.wear(signCount + 1);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL(`${CONSOLE}/settings`);
  });

  heading("The head finds the change");
  await signIn(head, "whitlock", "/audit");
  await says(head, "Show your second credential");
  await head.getByRole("button", { name: "Use a passkey" }).click();
  await head.waitForURL(`${CONSOLE}/audit`);
  await says(head, ["Lee Novak", "Idle lock"]);
  const row = head.locator("tr, li, .sg-card").filter({ hasText: "Idle lock" }).first();
  const words = (await row.innerText()).replace(/\s+/g, " ");
  expect(/10/.test(words) && /\b7\b/.test(words), "before and after in one row", words);
  await look(head, "audit");
});

heading("On a small screen, in the dark");
await computer(
  async (page) => {
    await signIn(page, "novak", "/settings");
    await look(page, "second-show-phone");
    await page.goto(`${CONSOLE}/account/second`);
    await look(page, "second-phone");
  },
  { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
);

finish();
