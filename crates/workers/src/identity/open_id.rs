//! `OpenID` Connect: the authorization code flow with PKCE (RFC 6749, RFC 7636, `OpenID` Connect Core 1.0). No state is
//! kept of people on their way: what binds an answer to a browser is the round trip that the browser carries.
use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use openidconnect::{
    AccessToken, AdditionalClaims, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IdTokenClaims, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, StandardClaims,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _, UserInfoClaims,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
        CoreTokenType,
    },
};
use school::{NotLetIn, Person, RoundTrip};
use serde::{Deserialize, Serialize};
use store::Db;
use tokio::{sync::Mutex, time::timeout};

use super::matching::{Matching, Said};
use crate::{Clock, Fetch, Health, health::told};

/// What the school has agreed with its identity provider.
#[derive(Clone)]
pub struct OpenIdSettings {
    /// As it stands in the provider's own metadata.
    pub issuer: String,
    pub client_id: String,
    /// `None` for a client that can keep none.
    pub client_secret: Option<String>,
    /// What the provider is told of how to ask, such as `select_account`; empty for nothing.
    pub prompt: Option<String>,
    pub matching: Matching,
}

/// The school's identity provider. Cheap to clone.
#[derive(Clone)]
pub struct OpenId(Arc<Inner>);

struct Inner {
    settings: OpenIdSettings,
    fetch: Fetch,
    db: Db,
    health: Health,
    clock: Clock,
    known: Mutex<Known>,
}

/// What was last found out about the provider.
#[derive(Default)]
struct Known {
    metadata: Option<(Timestamp, Arc<CoreProviderMetadata>)>,
    failed_at: Option<Timestamp>,
}

/// A page waits for all of it together; browsers and people wait longer, but not gladly.
const LONGEST: Duration = Duration::from_secs(5);
/// Addresses and keys are believed for so long.
const FRESH: i64 = 60 * 60;
/// An unknown key makes us ask again, but not more often than this: else anybody could make us ask all day.
const KEYS_AT_MOST_EVERY: i64 = 10;
/// While it is down it is asked again after so long; until then people are told at once.
const REST: i64 = 10;
/// By how much its clock may differ from ours.
const SKEW: i64 = 60;
/// An answer that was signed longer ago is not for this sign-in.
const OLDEST: i64 = 10 * 60;

/// Signatures that only the provider can make. Never a shared secret, never none.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What some providers say beside the standard.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Organisation {
    hd: Option<String>,
    tid: Option<String>,
}
impl AdditionalClaims for Organisation {}

type Fields = IdTokenFields<
    Organisation,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Answer = StandardTokenResponse<Fields, CoreTokenType>;
type Provider = Client<
    Organisation,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Answer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl OpenId {
    /// Asks nothing yet: a provider that is down must not keep the program from starting.
    pub fn new(settings: OpenIdSettings, fetch: Fetch, db: Db, health: Health, clock: Clock) -> OpenId {
        OpenId(Arc::new(Inner { settings, fetch, db, health, clock, known: Mutex::default() }))
    }

    /// Where the browser goes to sign in.
    ///
    /// # Errors
    /// [`NotLetIn::Down`].
    pub async fn address(&self, trip: &RoundTrip) -> Result<String, NotLetIn> {
        let work = async {
            let provider = self.provider(&*self.metadata(None).await?, trip)?;
            let verifier = PkceCodeVerifier::new(trip.verifier.clone());
            let (state, nonce) = (trip.state.clone(), trip.nonce.clone());
            let mut request = provider
                .authorize_url(
                    AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                    move || CsrfToken::new(state),
                    move || Nonce::new(nonce),
                )
                .add_scopes(["profile", "email"].map(|it| Scope::new(it.to_owned())))
                .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
            if trip.again {
                request = request.add_extra_param("prompt", "login");
            } else if let Some(prompt) = &self.0.settings.prompt {
                request = request.add_extra_param("prompt", prompt);
            }
            Ok(request.url().0.to_string())
        };
        self.in_time(work).await
    }

    /// Hands in the code that the browser brought back, and says whose it is.
    ///
    /// # Errors
    /// [`NotLetIn`], for every reason there is.
    pub async fn person(&self, trip: &RoundTrip, code: &str) -> Result<Person, NotLetIn> {
        let said = self.in_time(self.said(trip, code)).await?;
        self.0.settings.matching.person(&self.0.db, &said, (self.0.clock)()).await
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, NotLetIn>>) -> Result<T, NotLetIn> {
        let done = match timeout(LONGEST, work).await {
            Ok(done) => done,
            Err(_) => Err(self.down("it does not answer in time")),
        };
        if done.is_ok() {
            self.0.health.set("identity provider", Vec::new());
        }
        done
    }

    async fn said(&self, trip: &RoundTrip, code: &str) -> Result<Said, NotLetIn> {
        let metadata = self.metadata(None).await?;
        let provider = self.provider(&metadata, trip)?;
        let answer = provider
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|err| self.down(&told(&err)))?
            .set_pkce_verifier(PkceCodeVerifier::new(trip.verifier.clone()))
            .request_async(&self.0.fetch)
            .await;
        let answer: Answer = answer.map_err(|err| match err {
            // A code that was used before, is not ours, or is too old (RFC 6749, 5.2).
            RequestTokenError::ServerResponse(it) => self.doubted(&it.to_string()),
            RequestTokenError::Request(it) => self.down(&told(&it)),
            err => self.down(&told(&err)),
        })?;
        let token = answer.id_token().ok_or_else(|| self.doubted("no identity token came with it"))?;
        let nonce = Nonce::new(trip.nonce.clone());
        let claims = match token.claims(&self.verifier(&provider), &nonce) {
            // It has new keys perhaps.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let metadata = self.metadata(Some(&metadata)).await?;
                let provider = self.provider(&metadata, trip)?;
                token.claims(&self.verifier(&provider), &nonce).cloned()
            }
            claims => claims.cloned(),
        };
        let claims = claims.map_err(|err| self.doubted(&told(&err)))?;
        let mut said = said(&claims);
        if said.username.is_none() || said.email.is_none() {
            self.ask_more(&provider, answer.access_token(), &claims, &mut said).await?;
        }
        Ok(said)
    }

    /// Some providers keep names out of the token and tell them when they are asked.
    async fn ask_more(
        &self,
        provider: &Provider,
        access: &AccessToken,
        claims: &IdTokenClaims<Organisation, CoreGenderClaim>,
        said: &mut Said,
    ) -> Result<(), NotLetIn> {
        let Ok(request) = provider.user_info(access.clone(), Some(claims.subject().clone())) else {
            return Ok(());
        };
        let more: Result<UserInfoClaims<Organisation, CoreGenderClaim>, _> =
            request.request_async(&self.0.fetch).await;
        let more = more.map_err(|err| self.doubted(&told(&err)))?;
        let also = of(more.standard_claims(), more.additional_claims());
        said.username = said.username.take().or(also.username);
        if said.email.is_none() {
            (said.email, said.email_verified) = (also.email, also.email_verified);
        }
        said.hosted = said.hosted.take().or(also.hosted);
        said.tenant = said.tenant.take().or(also.tenant);
        Ok(())
    }

    /// What is known of the provider: what was found out within the hour, unless its keys turned out to be `stale`.
    async fn metadata(
        &self,
        stale: Option<&Arc<CoreProviderMetadata>>,
    ) -> Result<Arc<CoreProviderMetadata>, NotLetIn> {
        let mut known = self.0.known.lock().await;
        let now = (self.0.clock)();
        let since = |at: Timestamp| now.as_second().saturating_sub(at.as_second());
        if let Some((at, metadata)) = &known.metadata {
            let asked_since = stale.is_some_and(|it| !Arc::ptr_eq(it, metadata));
            let too_soon = stale.is_some() && (0..KEYS_AT_MOST_EVERY).contains(&since(*at));
            if asked_since || too_soon || (stale.is_none() && (0..FRESH).contains(&since(*at))) {
                return Ok(Arc::clone(metadata));
            }
        }
        if known.failed_at.is_some_and(|at| (0..REST).contains(&since(at))) {
            return Err(NotLetIn::Down);
        }
        // Whatever comes of it, and even if nobody waits for it any more.
        known.failed_at = Some(now);
        let issuer = IssuerUrl::new(self.0.settings.issuer.clone()).map_err(|err| self.down(&told(&err)))?;
        let found = CoreProviderMetadata::discover_async(issuer, &self.0.fetch).await;
        let found = Arc::new(found.map_err(|err| self.down(&told(&err)))?);
        *known = Known { metadata: Some((now, Arc::clone(&found))), failed_at: None };
        Ok(found)
    }

    fn provider(&self, metadata: &CoreProviderMetadata, trip: &RoundTrip) -> Result<Provider, NotLetIn> {
        let settings = &self.0.settings;
        let back = RedirectUrl::new(trip.back.clone()).map_err(|err| self.down(&told(&err)))?;
        let secret = settings.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(settings.client_id.clone());
        let mut provider =
            Provider::from_provider_metadata(metadata.clone(), id, secret).set_redirect_uri(back);
        let ways = metadata.token_endpoint_auth_methods_supported();
        if ways.is_some_and(|it| !it.contains(&CoreClientAuthMethod::ClientSecretBasic)) {
            provider = provider.set_auth_type(AuthType::RequestBody);
        }
        Ok(provider)
    }

    /// Issuer, audience and authorized party are checked by the library; times by our clock, give or take a minute.
    fn verifier<'a>(&self, provider: &'a Provider) -> openidconnect::IdTokenVerifier<'a, CoreJsonWebKey> {
        let now = (self.0.clock)().as_second();
        let at = |second| chrono::DateTime::from_timestamp(second, 0).unwrap_or_default();
        provider
            .id_token_verifier()
            .set_allowed_algs(SIGNED_BY)
            .set_time_fn(move || at(now - SKEW))
            .set_issue_time_verifier_fn(move |issued| {
                let issued = issued.timestamp();
                if (now - OLDEST..=now + SKEW).contains(&issued) {
                    Ok(())
                } else {
                    Err("it was not signed just now".to_owned())
                }
            })
    }

    /// Stands on Today until it answers again.
    fn down(&self, why: &str) -> NotLetIn {
        let issuer = &self.0.settings.issuer;
        self.0.health.set(
            "identity provider",
            vec![format!("school accounts cannot sign in: {issuer} cannot be asked: {why}")],
        );
        NotLetIn::Down
    }

    fn doubted(&self, why: &str) -> NotLetIn {
        tracing::warn!(issuer = self.0.settings.issuer, "a sign-in was not believed: {why}");
        NotLetIn::NotBelieved
    }
}

fn said(claims: &IdTokenClaims<Organisation, CoreGenderClaim>) -> Said {
    let said = of(&standard(claims), claims.additional_claims());
    Said { subject: claims.subject().to_string(), ..said }
}

fn standard(claims: &IdTokenClaims<Organisation, CoreGenderClaim>) -> StandardClaims<CoreGenderClaim> {
    StandardClaims::new(claims.subject().clone())
        .set_preferred_username(claims.preferred_username().cloned())
        .set_email(claims.email().cloned())
        .set_email_verified(claims.email_verified())
}

fn of(claims: &StandardClaims<CoreGenderClaim>, organisation: &Organisation) -> Said {
    Said {
        subject: claims.subject().to_string(),
        username: claims.preferred_username().map(|it| it.to_string()),
        email: claims.email().map(|it| it.to_string()),
        email_verified: claims.email_verified() == Some(true),
        hosted: organisation.hd.clone(),
        tenant: organisation.tid.clone(),
    }
}

impl std::fmt::Debug for OpenId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpenId({})", self.0.settings.issuer)
    }
}
