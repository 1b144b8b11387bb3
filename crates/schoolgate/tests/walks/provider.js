// A real identity provider (oidc-provider) on this machine, with made-up people and a switch that makes it lie.
// Says "provider http://…" when it listens. `POST /lie/NAME` makes it lie from then on; `POST /lie/none` ends it.
import http from "node:http";
import { exportJWK, generateKeyPair, importJWK, decodeJwt, SignJWT } from "jose";
import Provider from "oidc-provider";

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;
let lie = "none";

const made = async (kid) => {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
};
const listed = await made("listed");
const second = await made("second");
const unlisted = await made("unlisted");
const open = ({ kty, n, e, kid, alg, use }) => ({ kty, n, e, kid, alg, use });

// Who signs in as what. `sub` is the provider's own number.
const people = {
  maya: { preferred_username: "maya", email: "maya@riverside.test", email_verified: true },
  novak: { preferred_username: "novak@riverside.test", email: "novak@riverside.test", email_verified: true },
  whitlock: { preferred_username: "Whitlock", email: "g.whitlock@riverside.test", email_verified: true },
  okafor: { preferred_username: "okafor", email: "okafor@riverside.test", email_verified: true },
  stranger: { preferred_username: "n.obody", email: "n.obody@riverside.test", email_verified: true },
  foreign: { preferred_username: "okafor@vale.test", email: "okafor@vale.test", email_verified: true },
  impostor: { preferred_username: "maya", email: "maya@riverside.test", email_verified: true },
  // Wrote the head's colleague into their own account; nobody made sure of the address.
  forged: { preferred_username: "byrne", email: "byrne@riverside.test", email_verified: false },
  "theo'; drop table person; --": { preferred_username: "theo'; --", email: "t@riverside.test", email_verified: true },
};

const client = (client_id) => ({
  client_id,
  client_secret: "a secret of the test, and of nobody else",
  redirect_uris: process.env.BACK.split(" "),
  grant_types: ["authorization_code"],
  response_types: ["code"],
});

const provider = new Provider(issuer, {
  clients: [client("schoolgate"), client("another")],
  jwks: { keys: [listed] },
  cookies: { keys: ["made up for the test"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["preferred_username"] },
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: `number of ${id}`, ...people[id] }) },
  // Nobody is asked whether the school may know their name.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
  renderError: (ctx, out) => {
    ctx.type = "text";
    ctx.body = `provider error: ${out.error}: ${out.error_description}`;
  },
});

const signed = async (claims, key) =>
  new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: key.kid }).sign(await importJWK(key, "RS256"));

const lies = {
  audience: (claims) => signed({ ...claims, aud: "another" }, listed),
  party: (claims) => signed({ ...claims, aud: ["schoolgate", "another"], azp: "another" }, listed),
  expired: (claims) => signed({ ...claims, iat: claims.iat - 7200, exp: claims.exp - 7200 }, listed),
  issuer: (claims) => signed({ ...claims, iss: "https://id.vale.test" }, listed),
  nonce: (claims) => signed({ ...claims, nonce: "of somebody else" }, listed),
  key: (claims) => signed(claims, unlisted),
  // Its signature belongs to other claims.
  altered: async (claims, token) => {
    const [head, , signature] = token.split(".");
    return [head, Buffer.from(JSON.stringify({ ...claims, sub: "number of whitlock" })).toString("base64url"), signature].join(".");
  },
  unsigned: (claims) => {
    const part = (it) => Buffer.from(JSON.stringify(it)).toString("base64url");
    return `${part({ alg: "none" })}.${part(claims)}.`;
  },
  // Two minutes fast is wrong, half a minute is a clock.
  fast: (claims) => signed({ ...claims, iat: claims.iat + 30 }, listed),
  "too-fast": (claims) => signed({ ...claims, iat: claims.iat + 120 }, listed),
  // New keys from now on, and they are published.
  rotated: (claims) => signed(claims, second),
};

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === "/token" && ctx.body?.id_token && lies[lie]) {
    ctx.body = { ...ctx.body, id_token: await lies[lie](decodeJwt(ctx.body.id_token), ctx.body.id_token) };
  }
  // Whose token it is, and whom it then tells of, are two people.
  if (ctx.path === "/me" && lie === "somebody-else") ctx.body = { ...ctx.body, ...people.whitlock, sub: "number of whitlock" };
  if (ctx.path === "/jwks" && lie === "rotated") ctx.body = { keys: [open(second)] };
});

const answer = provider.callback();
const form = '<!doctype html><title>Made-up provider</title><form method="post"><label>Account <input name="account"></label><button>Sign in</button></form>';

http
  .createServer(async (request, response) => {
    if (request.url.startsWith("/lie/")) {
      lie = request.url.slice(5);
      return response.end(lie);
    }
    if (lie === "silent") return;
    if (lie === "nonsense") return response.end("<html>Welcome to the captive portal</html>");
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    if (request.method !== "POST") return response.setHeader("content-type", "text/html").end(form);
    let body = "";
    for await (const piece of request) body += piece;
    const accountId = new URLSearchParams(body).get("account");
    await provider.interactionFinished(request, response, accountId ? { login: { accountId } } : { error: "access_denied" });
  })
  .listen(port, "127.0.0.1", () => console.log(`provider ${issuer}`));
